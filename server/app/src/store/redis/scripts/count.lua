-- KEYS: the count. ARGV: by how many, how long it lasts in milliseconds. Answers the count and the milliseconds left.
local count = tonumber(redis.call('GET', KEYS[1]) or '0')
if tonumber(ARGV[1]) > 0 then
  count = redis.call('INCRBY', KEYS[1], ARGV[1])
end
local left = redis.call('PTTL', KEYS[1])
if left == -1 then
  redis.call('PEXPIRE', KEYS[1], ARGV[2])
end
if left < 0 then
  left = tonumber(ARGV[2])
end
return {count, left}
