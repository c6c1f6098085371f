-- Holders of asset cookies: a field for each that says until when she is served. ARGV: what is done, how long (ms), most,
-- holders.
local r, word, more = running()
if not r then return {word, more} end
local what, span, most = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3])
if what == 'holds' then
  local stands = redis.call('HGET', here, ARGV[4])
  return {'ok', stands and tonumber(stands) > now and 1 or 0}
end
if what == 'let-go' then
  redis.call('HDEL', here, ARGV[4])
  return {'ok'}
end
local all = redis.call('HGETALL', here)
for at = 1, #all, 2 do
  if tonumber(all[at + 1]) <= now then redis.call('HDEL', here, all[at]) end
end
for at = 4, #ARGV do
  if redis.call('HLEN', here) < most or redis.call('HEXISTS', here, ARGV[at]) == 1 then
    redis.call('HSET', here, ARGV[at], int(now + span))
  end
end
bound(here)
return {'ok'}
