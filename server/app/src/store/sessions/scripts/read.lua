-- The log after an entry. ARGV: the entry's id, most entries.
local r, word, more = find()
if not r then return {word, more} end
local cut = redis.call('HGET', s, 'cut') or '0-0'
local entries = redis.call('XRANGE', log, '(' .. ARGV[1], '+', 'COUNT', ARGV[2])
return {'ok', redis.call('EXISTS', lease), int(r.term), cut, r.last, entries}
