-- Replaces a record that has the version ARGV[1] by one with version ARGV[2], data ARGV[3] and
-- life ARGV[4] in milliseconds, 0: for ever. Returns 1 if it did.
if (redis.call('HGET', KEYS[1], 'version') or '') ~= ARGV[1] then return 0 end
local now = redis.call('TIME')
local saved = string.format('%.0f', now[1] * 1000 + math.floor(now[2] / 1000))
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[1], 'version', ARGV[2], 'data', ARGV[3], 'saved', saved)
if tonumber(ARGV[4]) > 0 then redis.call('PEXPIRE', KEYS[1], ARGV[4]) end
return 1
