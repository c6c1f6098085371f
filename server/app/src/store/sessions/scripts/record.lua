-- The session as it stands. ARGV: a subject, or nothing. Answers whether it is owned, whether the subject is remembered,
-- and all fields.
local r, word, more = find()
if not r then return {word, more} end
local seat = seat_of(ARGV[1])
local remembered = seat and redis.call('HEXISTS', seats, seat) or 0
return {'ok', redis.call('EXISTS', lease), remembered, redis.call('HGETALL', s)}
