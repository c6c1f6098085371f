-- What the owner is asked. ARGV: node, term, lease (ms), the last one taken, the first one after it, most.
local r, word, more = running()
if not r then return {word, more} end
local no = is_of(r, ARGV[1], tonumber(ARGV[2]), ARGV[3])
if no then return {no} end
heard(r, ARGV[1], ARGV[3])
redis.call('XTRIM', inbox, 'MINID', ARGV[5])
return {'ok', redis.call('XRANGE', inbox, '(' .. ARGV[4], '+', 'COUNT', ARGV[6])}
