-- The session as it stands. ARGV: a subject, or nothing. Answers whether it is owned, whether the subject is remembered,
-- and all fields.
local r, word, more = find()
if not r then return {word, more} end
local remembered = ARGV[1] ~= '' and redis.call('HEXISTS', seats, ARGV[1]) or 0
return {'ok', redis.call('EXISTS', lease), remembered, redis.call('HGETALL', s)}
