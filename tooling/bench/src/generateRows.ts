import { Random } from "./Random.ts"
import { type Event, rowFormats } from "./Row.ts"

export interface GeneratorOptions {
  /** Rows to write, bad ones and duplicates included. */
  readonly rows: number
  readonly format: keyof typeof rowFormats
  readonly seed: number
  /** Mean number of events in a session when cut at a gap of 30 minutes. */
  readonly eventsPerSession: number
  /** No duplicates and no bad rows. */
  readonly clean: boolean
}

export interface Generated {
  readonly rows: number
  readonly bytes: number
  readonly bad: number
  readonly duplicates: number
  /** Users with at least one good row. */
  readonly users: number
}

const lateShare = 0.1

// Times are whole seconds.
const start = Date.UTC(2024, 0, 1) / 1000
const longestSpan = 365 * 24 * 3600
const longestStep = 10
const continueWithin = 20 * 60
const pauseOver = 30 * 60

const types = ["view", "view", "view", "view", "click", "click", "search", "login", "purchase"]
const devices = ["web", "web", "ios", "android"]
const pages = Array.from({ length: 500 }, (_, page) => `/p/${page}`)
/** Coprime to every number of users, so that it spreads the busy users over the whole range of names. */
const spread = 1_000_003
const mostUsers = 1_000_000

const twoDigits = Array.from({ length: 60 }, (_, second) => String(second).padStart(2, "0"))

/**
 * Makes rows of events and hands them to `write` in chunks of about 1 MiB, in constant memory. The bytes depend on the
 * options only.
 *
 * The events are a stream in time order, one every 10 seconds or faster. Each either continues a session, by repeating
 * the user of a random event of the last 20 minutes, or opens one, for a user who paused for over 30 minutes; users are
 * drawn by rank with a density of rank^(-2/3). No user has two events in one second. Some rows are then held back for a
 * while, so that time is only nearly in order.
 */
export function generateRows(options: GeneratorOptions, write: (chunk: string) => void): Generated {
  const { rows, eventsPerSession } = options
  const duplicateShare = options.clean ? 0 : 0.01
  const badShare = options.clean ? 0 : 0.005
  const { header, row: toRow, truncate } = rowFormats[options.format]
  const random = new Random(options.seed)

  const step = Math.min(longestStep, longestSpan / rows)
  let clock = start
  const userCount = Math.min(Math.max(1000, Math.floor(rows / 20)), mostUsers)
  const lastTime = new Float64Array(userCount)
  let users = 0
  const active = new Int32Array(Math.floor(continueWithin / step))
  let events = 0

  const continuing = () => active[random.below(Math.min(events, active.length))]
  const pickUser = (): number => {
    if (events > 0 && random.fraction() * eventsPerSession >= 1) return continuing()
    for (let attempt = 0; attempt < 16; attempt++) {
      const position = random.fraction()
      const rank = Math.floor(position * position * position * userCount)
      const user = (rank * spread) % userCount
      if (clock - lastTime[user] > pauseOver) return user
    }
    return continuing()
  }

  // Neighbouring events are mostly in the same minute.
  let minute = -1
  let minuteText = ""
  const isoTime = (seconds: number): string => {
    const wanted = Math.floor(seconds / 60)
    if (wanted !== minute) {
      minute = wanted
      minuteText = new Date(minute * 60_000).toISOString().slice(0, 17)
    }
    return `${minuteText}${twoDigits[seconds % 60]}Z`
  }

  const makeEvent = (id: number, user: number, seconds: number): Event => ({
    id,
    user: `u${user}`,
    time: isoTime(seconds),
    type: types[random.below(types.length)],
    page: pages[random.below(pages.length)],
    device: devices[random.below(devices.length)]
  })

  const makeGood = (id: number): string => {
    const user = pickUser()
    if (lastTime[user] === 0) users++
    const seconds = Math.max(clock, lastTime[user] + 1)
    lastTime[user] = seconds
    active[events++ % active.length] = user
    return toRow(makeEvent(id, user, seconds))
  }

  const makeBad = (id: number): string => {
    const event = makeEvent(id, random.below(userCount), clock)
    const kind = random.below(3)
    if (kind === 0) return toRow({ ...event, time: "2024-02-30T10:00:00Z" })
    if (kind === 1) return toRow({ ...event, user: "" })
    return truncate(toRow(event))
  }

  const recent: Array<string> = []
  const late: Array<string> = []
  let bad = 0
  let duplicates = 0
  let chunk = header
  let bytes = 0
  const flush = () => {
    bytes += chunk.length
    write(chunk)
    chunk = ""
  }

  for (let id = 1; id <= rows; id++) {
    clock += random.below(2 * step + 1)
    const fate = random.fraction()
    let row: string
    if (fate < duplicateShare && recent.length > 0) {
      row = recent[random.below(recent.length)]
      duplicates++
    } else if (fate > 1 - badShare) {
      row = makeBad(id)
      bad++
    } else {
      row = makeGood(id)
      recent[(events - 1) % 64] = row
    }
    if (random.fraction() < lateShare) {
      const slot = random.below(4)
      const held = late[slot]
      late[slot] = row
      row = held ?? ""
    }
    chunk += row
    if (chunk.length >= 1 << 20) flush()
  }
  chunk += late.join("")
  flush()
  return { rows, bytes, bad, duplicates, users }
}
