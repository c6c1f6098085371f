-- Asks the owner. ARGV: its term, most asks, the ask, why the session is to end or ''.
local r, word, more = running()
if not r then return {word, more} end
if r.term ~= tonumber(ARGV[1]) then return {'term', int(r.term)} end
if redis.call('EXISTS', lease) == 0 then return {'unowned'} end
if redis.call('XLEN', inbox) >= tonumber(ARGV[2]) then return {'full'} end
if ARGV[4] ~= '' then redis.call('HSET', s, 'ending', ARGV[4]) end
local id = redis.call('XADD', inbox, '*', 'a', ARGV[3])
bound(inbox)
wake(wake_asks)
return {'ok', id}
