-- Writes to log and record. ARGV: node, epoch held, epoch, n, last seq, lease (ms), '1' if the log before is cut off, the
-- index of the last keyframe among the entries or 0, most entries and bytes of the log, most pieces and bytes of sticky
-- sets, facts or '', kept or '', 'same', 'more' or 'all' for sticky sets, their piece; from 17 on the entries.
local r, word, more = running()
if not r then return {word, more} end
local node, held, epoch, n = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local lease_ms, for_all, keyframe_at = ARGV[6], ARGV[7] == '1', tonumber(ARGV[8])
local FIRST = 17

-- Bytes of the log; entries and bytes from the last keyframe on; its id, and the entry before it; bytes of sticky sets.
local f = redis.call('HMGET', s, 'bytes', 'kf_entries', 'kf_bytes', 'kf', 'kf_after', 'sticky')
local bytes, old_entries, old_bytes = tonumber(f[1] or 0), tonumber(f[2] or 0), tonumber(f[3] or 0)
local old_keyframe, sticky_bytes = f[4], tonumber(f[6] or 0)
local pieces = redis.call('LLEN', sticky)

-- The same append again, after an answer that got lost.
if r.owner == node and r.epoch == epoch and r.n == n then
  return {'ok', r.last, int(old_entries), int(old_bytes), pieces}
end
if held > r.epoch then
  -- Redis forgot appends, or the claim, and learns again who is how far.
  redis.call('HSET', s, 'epoch', int(held), 'owner', node, 'n', 0)
  heard(r, node, lease_ms)
  return {'lost'}
end
if held < r.term or r.owner ~= node then return {'fenced'} end
heard(r, node, lease_ms)
-- Something between is missing; or the node's own append raised the epoch, and it did not hear of that.
if epoch == held and n ~= r.n + 1 or held < r.epoch and epoch <= r.epoch then return {'lost'} end

local more_bytes, of_keyframe = 0, 0
for at = FIRST, #ARGV do
  more_bytes = more_bytes + #ARGV[at]
  if keyframe_at > 0 and at - FIRST + 1 >= keyframe_at then of_keyframe = of_keyframe + #ARGV[at] end
end
local more_entries = #ARGV - FIRST + 1
local entries = redis.call('XLEN', log)
if for_all then
  entries, bytes = 0, 0
elseif keyframe_at > 0 and old_keyframe then
  entries, bytes = old_entries, old_bytes
end
if entries + more_entries > tonumber(ARGV[9]) or bytes + more_bytes > tonumber(ARGV[10]) then return {'full'} end
local mode, piece = ARGV[15], ARGV[16]
if mode == 'more' and (pieces >= tonumber(ARGV[11]) or sticky_bytes + #piece > tonumber(ARGV[12])) then
  return {'full'}
end

local last, next_id, first = r.last, ids(r, epoch), nil
for at = FIRST, #ARGV do
  local before = last
  last = next_id()
  first = first or last
  redis.call('XADD', log, last, 'e', ARGV[at])
  if at - FIRST + 1 == keyframe_at then
    if for_all then
      redis.call('XTRIM', log, 'MINID', first)
      redis.call('HSET', s, 'cut', r.last)
    elseif old_keyframe then
      redis.call('XTRIM', log, 'MINID', old_keyframe)
      redis.call('HSET', s, 'cut', f[5])
    end
    redis.call('HSET', s, 'kf', last, 'kf_after', before)
  end
end
if keyframe_at > 0 then
  old_entries, old_bytes = more_entries - keyframe_at + 1, of_keyframe
else
  old_entries, old_bytes = old_entries + more_entries, old_bytes + more_bytes
end
redis.call('HSET', s, 'epoch', int(epoch), 'n', int(n), 'seq', int(math.max(r.seq, tonumber(ARGV[5]))), 'last', last,
  'bytes', int(bytes + more_bytes), 'kf_entries', int(old_entries), 'kf_bytes', int(old_bytes))
if ARGV[13] ~= '' then redis.call('HSET', s, 'facts', ARGV[13]) end
if ARGV[14] ~= '' then redis.call('HSET', s, 'kept', ARGV[14]) end
if mode == 'all' then
  redis.call('DEL', sticky)
  sticky_bytes = 0
end
if mode ~= 'same' then
  pieces = redis.call('RPUSH', sticky, piece)
  redis.call('HSET', s, 'sticky', int(sticky_bytes + #piece))
  bound(sticky)
end
bound(log)
wake(wake_log)
return {'ok', last, int(old_entries), int(old_bytes), pieces}
