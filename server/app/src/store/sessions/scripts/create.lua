-- Begins a session. ARGV: site, token, lasts, stays, margin (ms), facts, kept.
local lasts, stays = tonumber(ARGV[3]), tonumber(ARGV[4])
local ends = now + lasts
local goes = ends + tonumber(ARGV[5])
if redis.call('EXISTS', s) == 1 then return {'taken'} end
redis.call('DEL', lease, log, inbox, sticky, seats, here, up)
redis.call('HSET', s, 'v', VERSION, 'site', ARGV[1], 'token', ARGV[2], 'started', int(now), 'ends', int(ends),
  'stays', int(stays), 'goes', int(goes), 'epoch', 1, 'term', 0, 'seq', 0, 'n', 0, 'last', '0-0',
  'facts', ARGV[6], 'kept', ARGV[7])
redis.call('PEXPIRE', s, math.max(1, math.min(stays, goes - now)))
return {'ok', int(ends)}
