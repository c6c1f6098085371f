-- Makes a node the owner. ARGV: node, epoch seen, lease (ms), epochs to skip, numbers to skip, most to believe,
-- how long an end is told (ms).
local r, word, more = running()
if not r then return {word, more} end
-- The owner before was asked to end it, and died.
local ending = redis.call('HGET', s, 'ending')
if ending then
  over(r, ending, ARGV[7], '{"v":1,"k":"ended"}\n' .. ending)
  return {'ended', ending}
end
local node, lease_ms = ARGV[1], ARGV[3]
local seen = math.min(tonumber(ARGV[2]), r.epoch + tonumber(ARGV[6]))
local term = math.max(r.epoch, seen) + tonumber(ARGV[4])
local id = ids(r, term)()
local entry = '{"v":1,"k":"owner","epoch":' .. int(term) .. ',"key":' .. node .. '}\n'
redis.call('DEL', inbox)
redis.call('XADD', log, id, 'e', entry)
redis.call('HSET', s, 'epoch', int(term), 'term', int(term), 'n', 0, 'owner', node, 'last', id,
  'seq', int(r.seq + tonumber(ARGV[5])))
redis.call('HINCRBY', s, 'bytes', #entry)
heard(r, node, lease_ms)
bound(log)
wake(wake_log)
return {'ok', redis.call('HGETALL', s), redis.call('LRANGE', sticky, 0, -1)}
