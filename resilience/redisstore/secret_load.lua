-- Returns the version, the data and the age in milliseconds of a record, or nothing.
local r = redis.call('HMGET', KEYS[1], 'version', 'data', 'saved')
if not r[1] then return {} end
local now = redis.call('TIME')
local age = now[1] * 1000 + math.floor(now[2] / 1000) - tonumber(r[3])
return {r[1], r[2], string.format('%.0f', age)}
