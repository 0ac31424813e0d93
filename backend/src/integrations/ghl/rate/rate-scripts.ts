import { aheadMs, aheadOutOfTurnMs, beat, burst, lanes, lookAgainMs, rateRules, weights } from './rate-rules.js';

const ofLanes = (value: (lane: (typeof lanes)[number]) => number) =>
  `{ ${lanes.map((lane) => (value(lane) === Infinity ? 'math.huge' : value(lane))).join(', ')} }`;

/**
 * `RateBucket` in Lua, so that asking and taking are one act for all processes. Time is Redis' own: no process' clock is
 * read. (A test may bring its time in ARGV[1].)
 * KEYS: the epoch, a resource's bucket, its slots in use. ARGV: now, Redis' run id, limit, window, day, D, gather, process.
 */
const prelude = `
local now = tonumber(ARGV[1])
if not now then
  local time = redis.call('TIME')
  now = time[1] * 1000 + time[2] / 1000
end
local run, process = ARGV[2], ARGV[8]
local LIMIT, WINDOW, DAY, WITHIN, GATHER = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6]), tonumber(ARGV[7])
local WEIGHT, AHEAD, BURST = ${ofLanes((lane) => weights[lane])}, ${ofLanes((lane) => aheadMs[lane])}, ${ofLanes((lane) => burst[lane])}
local BLIND, OUT_OF_TURN, BEAT, LOOK_AGAIN, DAY_MS = ${rateRules().blindCalls}, ${aheadOutOfTurnMs}, ${beat}, ${lookAgainMs}, 86400000

local function text(number) return string.format('%.17g', number) end

-- The books of all resources begin anew when Redis was emptied, or is another one than before.
local epoch = redis.call('HMGET', KEYS[1], 'name', 'began', 'run')
local name, began = epoch[1], tonumber(epoch[2])
if not name or epoch[3] ~= run then
  name, began = run .. ':' .. text(now), now
  redis.call('HSET', KEYS[1], 'name', name, 'began', text(began), 'run', run)
end
`;

const books = `
local function inUse() return redis.call('ZCARD', KEYS[3]) end
-- A slot that begins later takes the place of another one.
local function begun(s) return redis.call('ZCOUNT', KEYS[3], '-inf', text(now + s.window + WITHIN)) end

local function load()
  redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', text(now))
  local stored = redis.call('GET', KEYS[2])
  local s = stored and cmsgpack.unpack(stored) or {
    max = LIMIT, limit = LIMIT, loweredAt = 0, window = WINDOW, others = 0, othersUntil = 0, granted = 0,
    pausedUntil = 0, refusedAt = -1, dayLeft = DAY, dayEndsAt = began + DAY_MS, dueAt = 0, virtual = 0,
    finish = { 0, 0, 0 }, waitsUntil = { 0, 0, 0 }, waiting = {}, began = -1,
  }
  if s.began ~= began then
    s.began, s.known, s.heard, s.answered = began, begun(s), 0, 0
  end
  local windows = math.max(0, math.floor((now - s.loweredAt) / s.window))
  s.limit = math.min(s.max, s.limit + windows * math.ceil(s.max / 100))
  s.loweredAt = s.loweredAt + windows * s.window
  if s.dayEndsAt <= now then
    s.dayLeft = DAY
    s.dayEndsAt = s.dayEndsAt + (1 + math.floor((now - s.dayEndsAt) / DAY_MS)) * DAY_MS
  end
  return s
end

local function save(s)
  redis.call('SET', KEYS[2], cmsgpack.pack(s), 'PX', DAY_MS + 3600000)
  redis.call('PEXPIRE', KEYS[3], math.ceil(s.window + WITHIN + 60000))
end

local function trustedAt(s) return s.began + s.window + WITHIN + GATHER + AHEAD[1] end
local function isTrusted(s) return now >= trustedAt(s) end

local function limitNow(s)
  local left = s.limit
  if s.othersUntil > now then left = math.min(left, s.max - s.others) end
  return math.max(1, math.floor(left))
end

local function allowed(s)
  local limit = limitNow(s)
  if isTrusted(s) then return limit end
  if s.known >= BLIND or now < s.began + GATHER then return math.min(limit, s.known) end
  return s.heard == 1 and limit or math.min(limit, BLIND)
end

local function freeAt(s)
  local count = allowed(s)
  local tooMany = inUse() - count
  local free = now
  if tooMany >= 0 and count == 0 then free = s.known >= BLIND and trustedAt(s) or s.began + GATHER
  elseif tooMany >= 0 then free = tonumber(redis.call('ZRANGE', KEYS[3], tooMany, tooMany, 'WITHSCORES')[2]) end
  return math.max(free, s.pausedUntil, now)
end

local function round(s) return BEAT * (s.window + WITHIN) end
local function apart(s) return round(s) / limitNow(s) end
local function pacedUntil(s, lane) return BURST[lane] == math.huge and 0 or s.dueAt - BURST[lane] * round(s) end

local function tag(s, lane) return math.max(s.virtual, s.finish[lane]) end
local function turn(s, among)
  local first
  for lane = 1, 3 do
    if among[lane] and (not first or tag(s, lane) < tag(s, first)) then first = lane end
  end
  return first
end
local function isOutOfTurn(s, lane)
  local waiting = {}
  for other = 1, 3 do waiting[other] = other == lane or s.waitsUntil[other] > now end
  return turn(s, waiting) ~= lane
end
`;

/** ARGV: what is wanted in each lane, the number of the next slot's name. Answers with what `RedisRateLedger` reads. */
export const askScript = `${prelude}${books}
local s = load()
local left = { tonumber(ARGV[9]), tonumber(ARGV[10]), tonumber(ARGV[11]) }
local serial = tonumber(ARGV[12])
local hopeful, nextIn, grants, lookIn, dayOverIn = {}, { '', '', '' }, {}, nil, ''
for lane = 1, 3 do hopeful[lane] = left[lane] > 0 end
local lane = turn(s, hopeful)
while lane do
  if s.dayLeft <= 0 then
    dayOverIn = text(s.dayEndsAt - now)
    break
  end
  local startsAt = math.max(freeAt(s), pacedUntil(s, lane))
  local early = isOutOfTurn(s, lane) and OUT_OF_TURN or AHEAD[lane]
  if startsAt - now > early then
    hopeful[lane] = false
    nextIn[lane] = text(startsAt - now)
    local look = math.min(math.max(startsAt - now - early, 1), LOOK_AGAIN)
    lookIn = math.min(lookIn or look, look)
    s.waitsUntil[lane] = now + look + 100
  else
    local id = process .. ':' .. serial
    serial = serial + 1
    redis.call('ZADD', KEYS[3], text(startsAt + WITHIN + s.window), id)
    s.granted = s.granted + 1
    s.dayLeft = s.dayLeft - 1
    s.dueAt = math.max(s.dueAt, startsAt) + apart(s)
    s.virtual = tag(s, lane)
    s.finish[lane] = s.virtual + 1 / WEIGHT[lane]
    for _, part in ipairs({ id, tostring(lane), text(startsAt), text(startsAt - now), text(inUse()), text(s.granted) }) do
      grants[#grants + 1] = part
    end
    left[lane] = left[lane] - 1
    if left[lane] == 0 then hopeful[lane] = false end
  end
  lane = turn(s, hopeful)
end
for other, told in pairs(s.waiting) do
  if other == process or told[2] < now - 4 * LOOK_AGAIN then s.waiting[other] = nil end
end
local still = left[1] + left[2] + left[3]
if still > 0 then s.waiting[process] = { still, now } end
save(s)
local answer = { name, text(s.max), text(s.window), text(apart(s)), lookIn and text(lookIn) or '', dayOverIn, nextIn[1], nextIn[2], nextIn[3] }
for _, part in ipairs(grants) do answer[#answer + 1] = part end
return answer`;

/** ARGV: the slot's id, start, used and granted; then refused and the numbers of the headers, empty where absent. */
export const settleScript = `${prelude}${books}
local s = load()
local id, startsAt, used, granted = ARGV[9], tonumber(ARGV[10]), tonumber(ARGV[11]), tonumber(ARGV[12])
local max, window, remaining = tonumber(ARGV[14]), tonumber(ARGV[15]), tonumber(ARGV[16])
local dayLeft, dayReset, retryAfter = tonumber(ARGV[17]), tonumber(ARGV[18]), tonumber(ARGV[19])
if window then s.window = window end
local free = tonumber(redis.call('ZSCORE', KEYS[3], id) or '')
if free and now + s.window < free then redis.call('ZADD', KEYS[3], text(now + s.window), id) end
if max and max ~= s.max then
  s.limit = math.min(max, s.limit < s.max and s.limit or max)
  s.max = max
end
s.answered = s.answered + 1
local isOfTheseBooks = startsAt >= s.began + GATHER
if isOfTheseBooks then s.heard = 1 end
local young = not isTrusted(s)
if remaining and not (young and (s.known >= BLIND or not isOfTheseBooks)) then
  local ours = young and s.answered or used + s.granted - granted
  s.others, s.othersUntil = math.max(0, s.max - remaining - ours), now + s.window
end
if dayLeft then s.dayLeft = dayLeft end
if dayLeft == 0 then s.dayEndsAt = now + (dayReset or 3600000) end
local lowered = ''
if ARGV[13] == '1' then
  s.pausedUntil = math.max(s.pausedUntil, now + math.max(s.window, retryAfter or 0))
  if startsAt > s.refusedAt then
    s.limit = math.max(1, math.floor(limitNow(s) / 2))
    s.loweredAt, s.refusedAt, lowered = now, now, text(s.limit)
  end
end
save(s)
return { name, lowered, text(s.pausedUntil - now), text(s.window) }`;

/** ARGV: the slot's id. */
export const giveBackScript = `${prelude}${books}
local s = load()
if redis.call('ZREM', KEYS[3], ARGV[9]) == 1 then
  s.dayLeft = s.dayLeft + 1
  save(s)
end
return { name }`;

export const lookScript = `${prelude}${books}
local s = load()
local waiting = 0
for other, told in pairs(s.waiting) do
  if other ~= process and told[2] >= now - 4 * LOOK_AGAIN then waiting = waiting + told[1] end
end
local function ahead(at) return text(math.max(0, at - now)) end
local answer = { name, text(allowed(s)), text(s.window), ahead(s.pausedUntil), ahead(pacedUntil(s, 2)), ahead(pacedUntil(s, 3)), text(apart(s)), text(waiting) }
local slots = redis.call('ZRANGE', KEYS[3], 0, -1, 'WITHSCORES')
for at = 2, #slots, 2 do answer[#answer + 1] = ahead(tonumber(slots[at])) end
return answer`;

/** A process hands in the slots that it still holds. ARGV: pairs of id and milliseconds left. */
export const handInScript = `${prelude}${books}
local s = load()
for at = 9, #ARGV, 2 do
  local left = tonumber(ARGV[at + 1])
  local isNew = redis.call('ZADD', KEYS[3], 'NX', text(now + left), ARGV[at]) == 1
  if isNew and left <= s.window + WITHIN then s.known = s.known + 1 end
end
save(s)
return { name }`;

/**
 * A process says that it is there. KEYS: the epoch, the processes. ARGV[9]: it gave slots by itself meanwhile, so the
 * shared books do not know all that was sent, and begin anew.
 */
export const beatScript = `${prelude}
if ARGV[9] == '1' then redis.call('HSET', KEYS[1], 'began', text(now)) end
redis.call('ZADD', KEYS[2], text(now), process)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', text(now - 15000))
return { name, redis.call('ZCARD', KEYS[2]) }`;
