-- Assets that the customer's page is asked for: under the number of each until when it may come, 'asked', 'coming' or 'here', and
-- its size; with ':b' behind the number what came. ARGV: what is done, how long it holds (ms), most, most bytes, number; what came.
local r, word, more = running()
if not r then return {word, more} end
local what, span, most, most_bytes, number = ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4]), ARGV[5]
local body = number .. ':b'

local function state_of(field)
  local till, state, size = (redis.call('HGET', up, field) or '0 none 0'):match('^(%d+) (%a+) (%d+)$')
  if tonumber(till) <= now then return 'none', 0 end
  return state, tonumber(size)
end

local function set(state, size)
  redis.call('HSET', up, number, int(now + span) .. ' ' .. state .. ' ' .. int(size))
  redis.call('PEXPIRE', up, int(span))
end

-- Forgets what is too late; answers how many are left, and their bytes.
local function sweep()
  local count, bytes = 0, 0
  for _, field in ipairs(redis.call('HKEYS', up)) do
    if not field:find(':b', 1, true) then
      local state, size = state_of(field)
      if state == 'none' then redis.call('HDEL', up, field, field .. ':b') end
      if state ~= 'none' then count, bytes = count + 1, bytes + size end
    end
  end
  return count, bytes
end

local state = state_of(number)
if what == 'expect' then
  if sweep() >= most then return {'full'} end
  if state ~= 'none' then return {'taken'} end
  set('asked', 0)
  return {'ok'}
end
if what == 'begin' then
  if state ~= 'asked' then return {'ok', 0} end
  set('coming', 0)
  return {'ok', 1}
end
if what == 'put' then
  if state ~= 'coming' then return {'gone'} end
  local _, bytes = sweep()
  if bytes + #ARGV[6] > most_bytes then return {'full'} end
  redis.call('HSET', up, body, ARGV[6])
  set('here', #ARGV[6])
  wake(wake_uploads)
  return {'ok'}
end
local came = state == 'here' and redis.call('HGET', up, body)
if came or what == 'forget' then redis.call('HDEL', up, number, body) end
return {'ok', came and {came} or {}}
