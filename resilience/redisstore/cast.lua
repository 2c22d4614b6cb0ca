-- Casts a ballot about a circuit and returns what is then known about it.
-- KEYS: the text; processes with calls; those that vote for opening. Times are in microseconds.
-- ARGV: the time in tests; process; text that it knows; 1 for opening; for how long it has calls; for how long the
-- text and the processes are kept, in milliseconds.
local clock = redis.call('TIME')
local now = tonumber(ARGV[1]) or clock[1] * 1000000 + clock[2]
local calls = tonumber(ARGV[5])
local text = redis.call('GET', KEYS[1]) or ''

local function cast(set, counts)
	if counts then
		redis.call('ZADD', set, string.format('%.0f', now + calls), ARGV[2])
		redis.call('PEXPIRE', set, ARGV[7])
	else
		redis.call('ZREM', set, ARGV[2])
	end
	redis.call('ZREMRANGEBYSCORE', set, '-inf', string.format('%.0f', now))
	return redis.call('ZCARD', set)
end

local members = cast(KEYS[2], calls > 0)
local open = cast(KEYS[3], calls > 0 and ARGV[4] == '1' and ARGV[3] == text)
if text ~= '' then
	redis.call('PEXPIRE', KEYS[1], ARGV[6])
end
return {now, text, members, open, 0}
