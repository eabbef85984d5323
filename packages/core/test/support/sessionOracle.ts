import { v5 } from "uuid"
import type { Rule } from "../../src/plan/Rule.ts"
import type { Random } from "./random.ts"

/** An event as the rules see it. Times and intervals are microseconds. */
export interface RuleEvent {
  readonly user: string
  readonly time: number
  readonly given?: string | null
  readonly passive?: boolean | null
  readonly end?: boolean | null
  readonly start?: boolean | null
  readonly gap?: number | null
  readonly a?: string | null
  readonly n?: number | null
}

/** How sessions are cut; a gap is a number of microseconds, or `column` for that of each event. */
export interface Cutting {
  readonly by?: "given" | "n" | undefined
  readonly passive?: boolean | undefined
  readonly end?: boolean | undefined
  readonly start?: boolean | undefined
  readonly gap?: number | "column" | undefined
  readonly gapBoundary?: "merge" | "split" | undefined
  readonly maxDuration?: number | undefined
  readonly durationBoundary?: "merge" | "split" | undefined
  readonly maxEvents?: number | undefined
  readonly change?: ReadonlyArray<"a" | "n"> | undefined
  readonly fromNull?: "keep" | "split" | undefined
  readonly midnight?: string | undefined
}

const bool = (name: string) => ({ kind: "column", name, type: "bool" }) as const

/** The same as a part of a plan, over columns with the names of the events' fields. */
export const sessionizeOf = (cutting: Cutting) => {
  const { change = [], durationBoundary = "merge", fromNull = "keep", gap, gapBoundary = "merge" } = cutting
  const rules: ReadonlyArray<Rule | false> = [
    cutting.end === true && { rule: "end", when: bool("end") },
    cutting.start === true && { rule: "start", when: bool("start") },
    gap !== undefined && {
      rule: "gap",
      gap:
        gap === "column"
          ? { kind: "column", name: "gap", type: "interval" }
          : { kind: "literal", value: String(gap), type: "interval" },
      boundary: gapBoundary
    },
    cutting.maxDuration !== undefined && {
      rule: "max_duration",
      micros: cutting.maxDuration,
      boundary: durationBoundary
    },
    cutting.maxEvents !== undefined && { rule: "max_events", count: cutting.maxEvents },
    ...change.map((column) => ({ rule: "change", column, from_null: fromNull }) as const),
    cutting.midnight !== undefined && { rule: "midnight", timezone: cutting.midnight }
  ]
  return {
    by: cutting.by ?? null,
    numbering: "all" as const,
    passive: cutting.passive === true ? bool("passive") : null,
    rules: rules.filter((rule) => rule !== false),
    measures: [],
    columns: []
  }
}

export interface OracleSession {
  readonly user: string
  readonly id: string
  readonly number: number
  readonly cause: string
  readonly start: number
  readonly end: number
  readonly open: boolean
  /** Places of its events in the list. */
  readonly events: ReadonlyArray<number>
}

interface Session {
  readonly user: string
  readonly given: string | null
  readonly cause: string
  readonly events: Array<RuleEvent>
  readonly joined: Array<RuleEvent>
}

/**
 * What a plain program makes of events that stand in order: lists of objects, and each rule as it is said, looking at
 * everything that went before.
 */
export const sessionOracle = (cutting: Cutting, events: ReadonlyArray<RuleEvent>, specName: string, asOf: number) => {
  const sessions: Array<OracleSession> = []
  const outside: Array<number> = []
  for (const user of new Set(events.map((event) => event.user))) {
    const found: Array<Session> = []
    const mine = events.filter((event) => event.user === user)
    const isPassive = (event: RuleEvent) => cutting.passive === true && event.passive === true
    const givenOf = (event: RuleEvent) => textOrNull(cutting.by === undefined ? null : event[cutting.by])

    for (const event of mine.filter((one) => !isPassive(one))) {
      const given = givenOf(event)
      const before = found.findLast((session) => session.given === given)
      const cause = given === null ? ruleCause(cutting, before, event) : before === undefined ? "by" : undefined
      if (cause === undefined) before?.events.push(event)
      else found.push({ user, given, cause: found.length === 0 ? "first" : cause, events: [event], joined: [] })
    }
    for (const event of mine.filter(isPassive)) {
      const given = givenOf(event)
      const holding = found.filter((session) => {
        const until = openUntil(cutting, session)
        const isIn = cutting.gapBoundary === "split" ? event.time < until : event.time <= until
        return session.events[0].time <= event.time && isIn && (given === null || session.given === given)
      })
      if (holding.length === 0) outside.push(events.indexOf(event))
      else holding.at(-1)?.joined.push(event)
    }

    const starts: Array<number> = []
    for (const [i, session] of found.entries()) {
      const start = session.events[0].time
      const last = session.events[session.events.length - 1]
      const further = starts.filter((one) => one === start).length
      if (session.given === null) starts.push(start)
      const name = `${user}\u001f${start}${further === 0 ? "" : `\u001f${further}`}`
      const ended = cutting.end === true && session.given === null && last.end === true
      sessions.push({
        user,
        id: session.given ?? v5(name, v5(`sojourn:${specName}`, v5.DNS)),
        number: i + 1,
        cause: session.cause,
        start,
        end: last.time,
        open: !ended && openUntil(cutting, session) >= asOf,
        events: [...session.events, ...session.joined].map((event) => events.indexOf(event)).sort((a, b) => a - b)
      })
    }
  }
  return { sessions, outside: outside.sort((a, b) => a - b) }
}

const textOrNull = (value: string | number | null | undefined): string | null =>
  value === null || value === undefined ? null : String(value)

const openUntil = ({ gap }: Cutting, { events }: Session): number =>
  Math.max(
    ...events.map((event) => {
      if (gap === undefined) return Infinity
      return event.time + (gap === "column" ? Math.max(0, event.gap ?? 0) : gap)
    })
  )

/** Why an event opens a session after the one that the events before it are in; undefined where it does not. */
const ruleCause = (cutting: Cutting, session: Session | undefined, event: RuleEvent): string | undefined => {
  if (session === undefined) return "first"
  const { change = [], durationBoundary, fromNull, gapBoundary, maxDuration, maxEvents, midnight } = cutting
  const previous = session.events[session.events.length - 1]
  if (cutting.end === true && previous.end === true) return "end"
  if (cutting.start === true && event.start === true) return "start"
  const until = openUntil(cutting, session)
  if (gapBoundary === "split" ? event.time >= until : event.time > until) return "gap"
  if (maxDuration !== undefined) {
    const duration = event.time - session.events[0].time
    if (durationBoundary === "split" ? duration >= maxDuration : duration > maxDuration) return "max_duration"
  }
  if (maxEvents !== undefined && session.events.length + 1 > maxEvents) return "max_events"
  for (const column of change) {
    const value = event[column] ?? null
    const last = session.events.map((one) => one[column] ?? null).findLast((one) => one !== null)
    if (value === null) continue
    if (last === undefined ? fromNull === "split" : last !== value) return `change:${column}`
  }
  if (midnight !== undefined && dateIn(midnight, event.time) !== dateIn(midnight, previous.time)) return "midnight"
  return undefined
}

const formats = new Map<string, Intl.DateTimeFormat>()

const dateIn = (timeZone: string, micros: number): string => {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat("en-CA", { timeZone })
  formats.set(timeZone, format)
  return format.format(Math.floor(micros / 1000))
}

const minute = 60_000_000

/** Few users, times and values, so that every rule meets its limit often. In order of user and time. */
export const randomRuleEvents = (random: Random, most: number): ReadonlyArray<RuleEvent> => {
  const maybe = <A>(share: number, value: () => A): A | null => (random.int(share) === 0 ? null : value())
  const flag = (share: number) => maybe(10, () => random.int(share) === 0)
  // 22:30 UTC, so that some go over midnight; one user in four has times far apart.
  return ["a", "b", "c"].slice(random.int(3)).flatMap((user) => {
    const step = random.int(4) === 0 ? 400 * minute : 5 * minute
    return Array.from({ length: random.int(most + 1) }, (): RuleEvent => {
      const time = 1_720_650_600_000_000 + random.int(24) * step + random.pick([0, 0, 0, 1, -1])
      return {
        user,
        time,
        given: random.pick([null, null, "1", "2", "3"]),
        passive: flag(4),
        end: flag(6),
        start: flag(6),
        gap: maybe(5, () => random.pick([0, 1, 5 * minute, 10 * minute, 30 * minute, -5 * minute])),
        a: random.pick([null, null, "x", "y"]),
        n: random.pick([null, -1, 0, 7])
      }
    }).sort((a, b) => a.time - b.time)
  })
}

/** Any combination of rules. */
export const randomCutting = (random: Random): Cutting => {
  const some = <A>(value: A): A | undefined => (random.int(3) === 0 ? value : undefined)
  const boundary = () => random.pick(["merge", "split"] as const)
  return {
    by: some(random.pick(["given", "n"] as const)),
    passive: some(true),
    end: some(true),
    start: some(true),
    gap: random.pick([undefined, "column", 0, 5 * minute, 10 * minute]),
    gapBoundary: boundary(),
    maxDuration: some(random.pick([0, 5 * minute, 20 * minute])),
    durationBoundary: boundary(),
    maxEvents: some(1 + random.int(4)),
    change: some(random.pick([["a"], ["n"], ["a", "n"], ["n", "a"]] as const)),
    fromNull: random.pick(["keep", "split"]),
    midnight: some(random.pick(["UTC", "UTC", "UTC", "Europe/Berlin"]))
  }
}
