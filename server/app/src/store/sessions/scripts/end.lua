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
over(r, ARGV[2], ARGV[3], ARGV[4])
return {'ok'}
