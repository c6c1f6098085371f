-- The owner is there. ARGV: node, term, lease (ms). Answers whether asks wait, the epoch, and the last append.
local r, word, more = running()
if not r then return {word, more} end
local node, lease_ms = ARGV[1], ARGV[3]
local no = is_of(r, node, tonumber(ARGV[2]), lease_ms)
if no then return {no} end
heard(r, node, lease_ms)
return {'ok', redis.call('XLEN', inbox), int(r.epoch), int(r.n)}
