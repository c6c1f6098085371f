-- The record, the last keyframe and all after it.
local r, word, more = find()
if not r then return {word, more} end
local keyframe = redis.call('HGET', s, 'kf')
local entries = keyframe and redis.call('XRANGE', log, keyframe, '+') or {}
return {'ok', redis.call('EXISTS', lease), redis.call('HGETALL', s), entries}
