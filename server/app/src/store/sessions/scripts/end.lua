-- Ends the session, whatever Redis forgot. ARGV: 'owner' or 'unowned', reason, how long that is told (ms), the log's last entry; then of an owner:
-- node, term, lease (ms); else the term.
local r, word, more = running()
if not r then return {word, more} end
if ARGV[1] == 'owner' then
  local no = is_of(r, ARGV[5], tonumber(ARGV[6]), ARGV[7])
  if no == 'fenced' then return {no} end
else
  if r.term ~= tonumber(ARGV[5]) then return {'term', int(r.term)} end
  if redis.call('EXISTS', lease) == 1 then return {'owned'} end
end
local id = ids(r, r.epoch)()
redis.call('XADD', log, id, 'e', ARGV[4])
redis.call('HSET', s, 'ended', ARGV[2], 'last', id)
redis.call('HDEL', s, 'kept')
redis.call('DEL', lease, inbox, sticky, seats, here, up)
redis.call('PEXPIRE', s, ARGV[3])
redis.call('PEXPIRE', log, ARGV[3])
wake(wake_log)
return {'ok'}
