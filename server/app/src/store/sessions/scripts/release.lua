-- Gives the lease back, whatever Redis forgot. ARGV: node, term, lease (ms).
local r, word, more = running()
if not r then return {word, more} end
local no = is_of(r, ARGV[1], tonumber(ARGV[2]), ARGV[3])
if no == 'fenced' then return {no} end
redis.call('DEL', lease)
wake(wake_log)
return {'ok'}
