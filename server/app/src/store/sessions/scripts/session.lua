-- What every script of a session begins with: its keys, the time, and what all of them do alike.
-- All keys are of one slot. A script answers {'ok', ...}, or one word that says why nothing was done.
local s, lease, log, inbox, sticky, seats, here, up = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5], KEYS[6], KEYS[7], KEYS[8]
local wake_log, wake_asks, wake_uploads = KEYS[9], KEYS[10], KEYS[11]
-- The version that records are written in; a newer one is not touched.
local VERSION = 1

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

-- Numbers as text: Lua's own way shortens those of 15 digits.
local function int(number)
  return string.format('%.0f', number)
end

-- The record, or the word why it cannot be used. Numbers are numbers; a node is text, for it has 64 bits.
local function find()
  local f = redis.call('HMGET', s, 'v', 'ended', 'epoch', 'term', 'n', 'owner', 'stays', 'goes', 'last', 'seq')
  if not f[1] then return nil, 'gone' end
  if tonumber(f[1]) > VERSION then return nil, 'newer', f[1] end
  local r = {
    ended = f[2], epoch = tonumber(f[3]), term = tonumber(f[4]), n = tonumber(f[5]), owner = f[6],
    stays = tonumber(f[7]), goes = tonumber(f[8]), last = f[9], seq = tonumber(f[10]),
  }
  return r
end

-- The record of a session that goes on.
local function running()
  local r, word, more = find()
  if r and r.ended then return nil, 'ended', r.ended end
  return r, word, more
end

-- A key lives as long as the record.
local function bound(key)
  if redis.call('PTTL', key) == -1 then
    redis.call('PEXPIRE', key, math.max(1, redis.call('PTTL', s)))
  end
end

-- The owner was heard of: its lease begins anew, and the session stays.
local function heard(r, node, lease_ms)
  redis.call('SET', lease, node, 'PX', lease_ms)
  local left = math.max(1, math.min(r.stays, r.goes - now))
  if redis.call('PTTL', s) < left * 0.9 then
    for _, key in ipairs({s, log, inbox, sticky, seats, here}) do
      redis.call('PEXPIRE', key, left)
    end
  end
end

-- Whether a node owns the session since that term began. A Redis that forgot the claim learns of it again.
local function is_of(r, node, term, lease_ms)
  if term > r.term then
    redis.call('HSET', s, 'term', int(term), 'epoch', int(math.max(r.epoch, term)), 'owner', node)
    heard(r, node, lease_ms)
    return 'lost'
  end
  if term < r.term or r.owner ~= node then return 'fenced' end
end

-- The ids of entries, under an epoch and after the last one: each call gives one.
local function ids(r, epoch)
  local last_epoch, last_n = r.last:match('^(%d+)-(%d+)$')
  local n = tonumber(last_epoch) == epoch and tonumber(last_n) or 0
  return function()
    n = n + 1
    return int(epoch) .. '-' .. int(n)
  end
end

-- The field of an agent among those who were let in. She comes as her digests under every key, with commas between: it stands
-- under the key that was the first when it was made. Nothing for nobody.
local function seat_of(subject)
  local first
  for digest in subject:gmatch('[^,]+') do
    if redis.call('HEXISTS', seats, digest) == 1 then return digest end
    first = first or digest
  end
  return first
end

local function wake(channel)
  redis.call('SPUBLISH', channel, '1')
end

-- The session is over: that is told for a while (ms), by its record and by the log's last entry.
local function over(r, reason, told_ms, entry)
  local id = ids(r, r.epoch)()
  redis.call('XADD', log, id, 'e', entry)
  redis.call('HSET', s, 'ended', reason, 'last', id)
  redis.call('HDEL', s, 'kept')
  redis.call('DEL', lease, inbox, sticky, seats, here, up)
  redis.call('PEXPIRE', s, told_ms)
  redis.call('PEXPIRE', log, told_ms)
  wake(wake_log)
end
