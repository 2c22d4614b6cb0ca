-- One draw of a shared bucket: see fleet.Draw. Package limit has the same functions in Go, in
-- ledger.go and meter.go, under the same names.
--
-- KEYS[1]: the bucket, a hash. KEYS[2]: the last draws of its members, a sorted set.
-- Times are in microseconds, rates in tokens per second. The clock of a bucket is that of the server without
-- its changes and pauses: the server's clock and an offset.
local process = ARGV[1]
local arg = {}
for i = 2, #ARGV do arg[i - 1] = tonumber(ARGV[i]) end
local leave, stated, capacity, floor, ceiling, learns, since, estimate, away, spent, said, remaining,
	counted, reset, throttled, hold, least, waiting, extra, most, now = unpack(arg)

local second = 1e6
local batch_time, own_batch_time = 0.02, 0.2
local handover, brief, clock_slack, leap = 0.75 * second, 0.3 * second, 0.05 * second, second
local member_for = 15 * second
local most_hold = 900 * second
local throttle_factor, throttle_least, throttle_recovery, throttle_rest = 0.7, 0.1, 0.01, second
local token_slack = 1e-9
local longest, long_ago = 9e15, 86400 * second

if not now then
	local time = redis.call('TIME')
	now = time[1] * second + time[2]
end

-- The meter: tokens are counted up to at; cut is the share of the rate left by the last rejection,
-- at cut_at, and recovers from resume on; all calls are held until held.
local names = {
	'stated', 'capacity', 'tokens', 'at', 'learned', 'cut', 'cut_at', 'resume', 'held', 'offset', 'drawn', 'leapt',
	'united'
}
local s = {}
local values = redis.call('HMGET', KEYS[1], unpack(names))
for i, name in ipairs(names) do s[name] = tonumber(values[i]) end

local function bounded(rate) return math.min(math.max(rate, floor), ceiling) end

local function rate()
	if s.learned > 0 then return s.learned end
	return s.stated
end

local function share(after) return math.min(1, s.cut + throttle_recovery * math.max(0, after)) end

local function recovered() return (1 - s.cut) / throttle_recovery end

local function grown(t)
	local ramp = math.min(t, recovered())
	return s.cut * ramp + throttle_recovery / 2 * ramp * ramp + (t - ramp)
end

local function fill()
	if now <= s.at then return end
	local income = rate() * (grown((now - s.resume) / second) - grown((s.at - s.resume) / second))
	s.tokens, s.at = math.min(s.capacity, s.tokens + income), now
end

local function seconds(start, amount)
	local ramp = math.max(0, recovered() - start)
	local on_ramp = grown(start + ramp) - grown(start)
	if amount > on_ramp then return ramp + amount - on_ramp end
	local left = math.min(1, s.cut + throttle_recovery * start)
	return (math.sqrt(left * left + 2 * throttle_recovery * amount) - left) / throttle_recovery
end

local function need(amount)
	local held = math.max(0, s.held - now)
	if stated == 0 then return held end
	fill()
	local missing = math.min(amount, capacity) - s.tokens
	if missing <= token_slack then return held end
	local wait = seconds((s.at - s.resume) / second, missing / rate())
	return math.min(longest, s.at - now + math.ceil(wait * second))
end

local function part()
	fill()
	s.united = now + handover
	s.at, s.tokens = math.max(s.at, s.united), math.min(s.tokens, 0)
end

local function hold_all(time)
	local till = now + math.min(time, most_hold)
	if time <= 0 or till <= s.held then return end
	s.held, s.resume, s.at, s.tokens = till, math.max(s.resume, till), till, 1
end

-- The clock of the server may have been changed, or the server paused. Less than no time, or more than the
-- process says, cannot have passed since the last draw of any process. If the clock has gone forward since the
-- previous draw of this one, the process knows best how much time has passed.
local function set_clock()
	now = now + s.offset
	local gap = now - s.drawn
	local passed = math.max(0, gap)
	if since >= 0 then
		passed = math.min(passed, since + clock_slack)
		local last = tonumber(redis.call('ZSCORE', KEYS[2], process) or nil)
		if last and now - last - since >= leap then passed = math.max(0, math.min(passed, last + since - s.drawn)) end
	end
	local moved = gap - passed
	s.offset, now = s.offset - moved, now - moved
	if moved >= leap then s.leapt = now end
end

if s.drawn then
	set_clock()
	fill()
	s.stated, s.capacity, s.tokens = stated, capacity, math.min(s.tokens, capacity)
	if s.learned > 0 then s.learned = bounded(s.learned) end
	local others = now - s.drawn >= away / 2 or s.leapt > now - away -- were without the store too
	if away >= brief and s.united < now - away and others then part() end
else
	s = {
		stated = stated, capacity = capacity, tokens = math.min(estimate, capacity), at = now, learned = 0, cut = 1,
		cut_at = now, resume = now, held = now, offset = 0, leapt = now - long_ago, united = now - long_ago
	}
	if away > 0 then part() end
	spent = 0
end
s.drawn = now
if away > 0 and s.united >= now - away then spent = 0 end

redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', string.format('(%.17g', now - member_for))
if leave == 1 then
	redis.call('ZREM', KEYS[2], process)
else
	redis.call('ZADD', KEYS[2], now, process)
end
local members = math.max(1, redis.call('ZCARD', KEYS[2]))
redis.call('PEXPIRE', KEYS[2], member_for / 1000)

-- What the process reports.
if spent > 0 then
	fill()
	if stated > 0 then
		s.tokens = math.min(s.tokens, math.max(s.tokens - spent, -rate() * most_hold / second))
	end
else
	s.tokens = math.min(capacity, s.tokens - spent)
end
if learns == 1 and stated > 0 then
	fill()
	if said == 0 and counted == 1 and remaining >= 1 and reset > 0 then said = remaining / (reset / second) end
	if said > 0 then s.learned = bounded(said) end
	if counted == 1 then
		if now >= s.held then s.tokens = math.min(s.tokens, remaining) end
		if remaining < 1 then hold_all(reset) end
	end
end
if throttled == 1 then
	fill()
	if s.cut == 1 or now - s.cut_at >= throttle_rest then
		s.cut = math.max(throttle_least, throttle_factor * share((now - s.resume) / second))
		s.cut_at = now
	end
	s.resume = math.max(s.resume, now)
	s.tokens = math.min(s.tokens, 1)
	hold_all(hold)
end

-- What it gets: at most its part of what is there or a batch, so that all take turns.
local mine = 0
if s.at <= now then mine = math.floor(math.max(0, s.tokens) / members) end
local batch = math.max(1, math.floor(math.min(rate() * math.min(batch_time, own_batch_time / members), capacity)))
local n = math.min(waiting, math.max(batch, least, mine))
n = math.max(n, math.min(n + extra, mine))
local wait = need(n)
if wait > most then
	n = math.min(waiting, math.max(least, 1))
	wait = need(n)
end
if wait > most then n = 0 end
fill()
if stated > 0 then s.tokens = s.tokens - n end

-- The bucket is kept until it is like a new one; a rate that the server stated, for an hour.
local full = 0
if stated > 0 then full = need(capacity) end
local ttl = math.max(full, s.held - now, (s.resume - now) + recovered() * second) + 60 * second
if s.learned > 0 then ttl = math.max(ttl, 3600 * second) end
local fields = {}
for _, name in ipairs(names) do
	fields[#fields + 1] = name
	fields[#fields + 1] = string.format('%.17g', s[name])
end
redis.call('HSET', KEYS[1], unpack(fields))
redis.call('PEXPIRE', KEYS[1], string.format('%.0f', math.min(ttl / 1000, 30 * 86400 * 1000)))

local apart = 0
if away > 0 then apart = math.max(0, s.united - now) end
return string.format('%.17g %.17g %.17g %d %.17g %.17g %.17g %.17g %.17g %.17g', n, wait, apart, members, s.tokens,
	math.max(0, s.at - now), s.learned, s.cut, s.resume - now, math.max(0, s.held - now))
