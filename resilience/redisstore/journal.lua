-- The journal of a job. KEYS are:
--   1 what the journal belongs to: format, job, input
--   2 the stream of items that are not finished; the group "workers" has who processes which
--   3 the id in the stream of each such item
--   4 the idempotency key of each item that was begun
--   5 the items that are in progress
--   6 the result of each item, after "f" if it is final and "o" otherwise
-- ARGV are a command, how long the keys stay, in milliseconds, and arguments of the command.
local meta, items, ids, idem, open, results = unpack(KEYS)
local command, keep = ARGV[1], ARGV[2]

local function arguments(from)
  local list = {}
  for i = from, #ARGV do list[#list + 1] = ARGV[i] end
  return list
end

-- final returns the result of an item if that is final.
local function final(key)
  local r = redis.call('HGET', results, key)
  if r and string.sub(r, 1, 1) == 'f' then return r end
  return false
end

-- owner returns who processes an entry.
local function owner(id)
  local p = redis.call('XPENDING', items, 'workers', id, id, 1)
  return p[1] and p[1][2]
end

-- holds reports whether a worker processes an item.
local function holds(worker, key)
  local id = redis.call('HGET', ids, key)
  return id and owner(id) == worker
end

-- remove takes an item from the stream.
local function remove(key)
  local id = redis.call('HGET', ids, key)
  if id then
    redis.call('XACK', items, 'workers', id)
    redis.call('XDEL', items, id)
    redis.call('HDEL', ids, key)
  end
end

-- stay extends the life of all keys.
local function stay()
  for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, keep) end
end

-- record returns the reply for an item.
local function record(word, key)
  return {
    word, key, redis.call('HGET', idem, key) or '', redis.call('HGET', open, key) or '',
    redis.call('HGET', results, key) or '',
  }
end

local commands = {}

-- open FORMAT JOB INPUT: makes the journal or checks that it is that of the job.
function commands.open(format, job, input)
  if redis.call('EXISTS', meta) == 0 then
    redis.call('HSET', meta, 'format', format, 'job', job, 'input', input)
  end
  local m = redis.call('HMGET', meta, 'format', 'job', 'input')
  if m[1] == format and m[2] == job and m[3] == input and redis.call('EXISTS', items) == 0 then
    redis.call('XGROUP', 'CREATE', items, 'workers', '0', 'MKSTREAM')
  end
  stay()
  return {'journal', m[1] or '', m[2] or '', m[3] or ''}
end

-- offer KEY...: adds items that are neither in the stream nor finished.
function commands.offer(...)
  for _, key in ipairs({...}) do
    if not final(key) and redis.call('HEXISTS', ids, key) == 0 then
      redis.call('HSET', ids, key, redis.call('XADD', items, '*', 'key', key))
    end
  end
  stay()
  return {'ok'}
end

-- claim WORKER LEASE KNOWN: grants a new item, or one whose worker has been silent for the lease.
-- KNOWN is the number of items that the worker has.
function commands.claim(worker, lease, known)
  local read = redis.call('XREADGROUP', 'GROUP', 'workers', worker, 'COUNT', 1, 'STREAMS', items, '>')
  local entry = read and read[1] and read[1][2][1]
  if not entry then
    entry = redis.call('XAUTOCLAIM', items, 'workers', worker, lease, '0-0', 'COUNT', 1)[2][1]
  end
  if not entry then
    local pending, mine = redis.call('XPENDING', items, 'workers'), 0
    for _, p in ipairs(pending[4] or {}) do
      if p[1] == worker then mine = tonumber(p[2]) end
    end
    local left = pending[1] > mine or mine > tonumber(known)
    return {left and 'left' or 'none'}
  end
  local key = entry[2][2]
  local reply = record('granted', key)
  reply[6] = entry[1]
  return reply
end

-- begin WORKER KEY IDEMPOTENCYKEY: notes that an item is about to be processed.
function commands.begin(worker, key, idempotency)
  if final(key) or not holds(worker, key) then return record('denied', key) end
  redis.call('HSETNX', idem, key, idempotency)
  redis.call('HSET', open, key, worker)
  redis.call('XCLAIM', items, 'workers', worker, 0, redis.call('HGET', ids, key), 'JUSTID')
  stay() -- the keys of idem and open may be new
  return record('begun', key)
end

-- finish WORKER KEY FINAL RESULT: notes a result. One that is not final counts only if the worker
-- still has the item.
function commands.finish(worker, key, is, result)
  if redis.call('HEXISTS', idem, key) == 0 then return {'not begun'} end
  if final(key) then return {'ok'} end
  if is == 'f' then
    redis.call('HSET', results, key, is .. result)
    redis.call('HDEL', open, key)
    remove(key)
  elseif holds(worker, key) then
    redis.call('HSET', results, key, is .. result)
    redis.call('HDEL', open, key)
  end
  stay() -- the key of results may be new
  return {'ok'}
end

-- release WORKER KEY...: removes items from the stream that the worker has.
function commands.release(worker, ...)
  for _, key in ipairs({...}) do
    if holds(worker, key) then remove(key) end
  end
  return {'ok'}
end

-- beat WORKER KEY...: keeps the items of a worker that lives.
function commands.beat(worker, ...)
  for _, key in ipairs({...}) do
    local id = redis.call('HGET', ids, key)
    if id and owner(id) == worker then redis.call('XCLAIM', items, 'workers', worker, 0, id, 'JUSTID') end
  end
  stay()
  return {'ok'}
end

if command ~= 'open' and redis.call('EXISTS', meta) == 0 then return {'gone'} end
return commands[command](unpack(arguments(3)))
