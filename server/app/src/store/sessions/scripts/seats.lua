-- Places of agents who were let in: a field for each that says until when it is hers, and whether she ever had a socket.
-- ARGV: what is done, how long a place is kept (ms), most at once, most remembered, subjects.
local r, word, more = running()
if not r then return {word, more} end
local what, span, most, remembered, subject = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), seat_of(ARGV[5] or '')

local function until_of(value)
  return tonumber(value:match('^%d+'))
end

local function has_room()
  local taken = 0
  local all = redis.call('HGETALL', seats)
  for at = 2, #all, 2 do
    if until_of(all[at]) > now then taken = taken + 1 end
  end
  return taken < most and redis.call('HLEN', seats) < remembered
end

local function set(who, was_here)
  redis.call('HSET', seats, who, int(now + span) .. (was_here and ' here' or ''))
  bound(seats)
end

if what == 'keep' then
  for at = 5, #ARGV do
    local seat = seat_of(ARGV[at])
    if seat and redis.call('HEXISTS', seats, seat) == 1 then set(seat, true) end
  end
  return {'ok'}
end
local hers = subject and redis.call('HGET', seats, subject)
if what == 'seated' then return {'ok', hers and 1 or 0, has_room() and 1 or 0} end
if what == 'unseat' then
  if hers and not hers:find('here') then redis.call('HDEL', seats, subject) end
  return {'ok'}
end
if what == 'reseat' and not hers then return {'ok', 0} end
if not (hers and until_of(hers) > now) and not has_room() then return {'ok', 0} end
set(subject, hers and hers:find('here'))
return {'ok', 1}
