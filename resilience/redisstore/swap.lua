-- Replaces the text of a circuit if it is the old one, removes its votes, and returns what is then known about it.
-- KEYS: the text; processes with calls; those that vote for opening. Times are in microseconds.
-- ARGV: the time in tests; old text; new text; for how long the text is kept, in milliseconds.
local clock = redis.call('TIME')
local now = tonumber(ARGV[1]) or clock[1] * 1000000 + clock[2]
local text = redis.call('GET', KEYS[1]) or ''
local swapped = 0
if text == ARGV[2] then
	text, swapped = ARGV[3], 1
	if text == '' then
		redis.call('DEL', KEYS[1])
	else
		redis.call('SET', KEYS[1], text, 'PX', ARGV[4])
	end
	redis.call('DEL', KEYS[3])
end

local function count(set)
	redis.call('ZREMRANGEBYSCORE', set, '-inf', string.format('%.0f', now))
	return redis.call('ZCARD', set)
end

return {now, text, count(KEYS[2]), count(KEYS[3]), swapped}
