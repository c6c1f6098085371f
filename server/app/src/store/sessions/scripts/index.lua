-- One part of the list of sessions, by when they end at the latest. KEYS: the list. ARGV: 'add', session, its end (ms),
-- margin (ms); or 'list', most; or 'remove', sessions.
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local list = KEYS[1]
local function ms(number)
  return string.format('%.0f', number)
end
redis.call('ZREMRANGEBYSCORE', list, '-inf', ms(now))
if ARGV[1] == 'list' then
  return redis.call('ZRANGE', list, '+inf', ms(now), 'BYSCORE', 'REV', 'LIMIT', 0, ARGV[2], 'WITHSCORES')
end
if ARGV[1] == 'remove' then
  for at = 2, #ARGV do redis.call('ZREM', list, ARGV[at]) end
  return {}
end
redis.call('ZADD', list, ARGV[3], ARGV[2])
local stays = tonumber(ARGV[3]) - now + tonumber(ARGV[4])
if redis.call('PTTL', list) < stays then redis.call('PEXPIRE', list, ms(math.max(1, stays))) end
return {}
