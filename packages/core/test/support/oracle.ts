import { timeTextMicros } from "../../src/time/TimeText.ts"
import type { Random } from "./random.ts"

/** An event as a record has it; `t` is ISO 8601, `x` is mapped by no spec. */
export interface RandomEvent {
  readonly id: string | null
  readonly u: string | null
  readonly t: string
  readonly type: string | null
  readonly a: string | null
  readonly x: number
}

/** The spec that the oracle understands. */
export interface OracleSpec {
  readonly dedupe: "id" | "record" | "none" | ReadonlyArray<"u" | "t" | "type" | "a">
  readonly order: ReadonlyArray<"type" | "a">
  readonly tie: "position" | "content"
  readonly gapMinutes: number | "none"
  readonly boundary: "merge" | "split"
}

export const specBody = ({ boundary, dedupe, gapMinutes, order, tie }: OracleSpec): string =>
  `event: { id: id, user: u, time: t, type: type, columns: { a: a } }
dedupe: ${typeof dedupe === "string" ? dedupe : `[${dedupe.join()}]`}
order: [${order.join()}]
tie: ${tie}
sessions: { gap: ${gapMinutes === "none" ? "none" : `${gapMinutes}m`}, boundary: ${boundary} }
tables: { daily: { from: sessions, by: [date, u], columns: { n: count(*), s: sum(session_duration_sec) } } }`

const users = ["9", "10", "-3", "a", "A", "ä", "010", "\u{1f600}", "\uffee"]

/** Few users, times and values, so that ties, duplicates and conflicts are common; some records are rejected. */
export const randomEvents = (random: Random, most: number): ReadonlyArray<RandomEvent> => {
  const some = <A>(values: ReadonlyArray<A>): A | null => (random.int(5) === 0 ? null : random.pick(values))
  const known = users.slice(0, 1 + random.int(users.length))
  return Array.from({ length: random.int(most + 1) }, () => {
    const minutes = random.int(24) * 5
    const time = `2024-07-10T${String(22 + Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`
    return {
      id: some(["1", "2", "3", "4"]),
      u: random.int(30) === 0 ? null : random.pick(known),
      t: random.int(30) === 0 ? "soon" : `${time}:00${random.pick(["Z", ".000Z", "+00:00"])}`,
      type: some(["b", "c"]),
      a: some(["", "é", "z"]),
      x: random.int(3)
    }
  })
}

export const randomSpec = (random: Random): OracleSpec => ({
  dedupe: random.pick(["id", "record", "none", ["u", "t"], ["t", "type"], ["a"]]),
  order: random.pick([[], ["type"], ["a", "type"]]),
  tie: random.pick(["position", "content"]),
  gapMinutes: random.pick([0, 5, 10, "none"]),
  boundary: random.pick(["merge", "split"])
})

interface Timed extends RandomEvent {
  readonly u: string
  readonly micros: number
  readonly position: number
}

/** What a plain program makes of events: objects in a map by user, sorted, deduplicated and cut. */
export const oracle = (spec: OracleSpec, records: ReadonlyArray<RandomEvent>) => {
  const byUser = new Map<string, Array<Timed>>()
  for (const [i, record] of records.entries()) {
    const micros = timeTextMicros(record.t)
    if (record.u === null || micros === undefined) continue
    byUser.set(record.u, [...(byUser.get(record.u) ?? []), { ...record, u: record.u, micros, position: i + 1 }])
  }
  const sessions: Array<{ user: string; cause: string; start: number; end: number; count: number; number: number }> = []
  const unique: Array<Timed> = []
  const duplicates: Array<{ event: number; first: number; conflicting: boolean }> = []
  for (const user of [...byUser.keys()].sort(compareUsers)) {
    const kept: Array<Timed> = []
    const firsts = new Map<string, Timed>()
    for (const event of (byUser.get(user) ?? []).sort((a, b) => compareEvents(spec, a, b))) {
      const key = keyOf(spec, event)
      const first = key && firsts.get(key)
      if (first) {
        duplicates.push({ event: event.position, first: first.position, conflicting: conflicts(spec, event, first) })
      } else {
        if (key) firsts.set(key, event)
        kept.push(event)
      }
    }
    let number = 0
    for (const [i, event] of kept.entries()) {
      const gap = i === 0 ? Infinity : event.micros - kept[i - 1].micros
      const limit = spec.gapMinutes === "none" ? Infinity : spec.gapMinutes * 60e6
      const opens = i === 0 || (spec.boundary === "merge" ? gap > limit : gap >= limit)
      const cause = i === 0 ? "first" : "gap"
      const open = sessions.at(-1)
      if (opens) sessions.push({ user, cause, start: event.micros, end: event.micros, count: 1, number: ++number })
      else if (open) Object.assign(open, { end: event.micros, count: open.count + 1 })
    }
    unique.push(...kept)
  }
  return { sessions, unique, duplicates, users: byUser.size }
}

const compareEvents = (spec: OracleSpec, a: Timed, b: Timed): number => {
  const names = [...spec.order, ...(spec.tie === "content" ? (["type", "id", "a"] as const) : [])]
  return (
    a.micros - b.micros ||
    names.reduce((order, name) => order || compareTexts(a[name], b[name]), 0) ||
    a.position - b.position
  )
}

const compareTexts = (a: string | null, b: string | null): number =>
  a === null || b === null ? Number(a !== null) - Number(b !== null) : Buffer.compare(Buffer.from(a), Buffer.from(b))

const compareUsers = (a: string, b: string): number => {
  const integers = [a, b].map((user) => /^(0|-?[1-9][0-9]*)$/.test(user))
  if (integers[0] && integers[1]) return Number(BigInt(a) - BigInt(b))
  return Number(integers[1]) - Number(integers[0]) || compareTexts(a, b)
}

/** Undefined where nothing can be a duplicate. */
const keyOf = ({ dedupe }: OracleSpec, event: Timed): string | undefined => {
  if (dedupe === "none") return undefined
  if (dedupe === "id") return event.id ?? undefined
  const { a, id, t, type, u, x } = event
  if (dedupe === "record") return JSON.stringify([a, id, t, type, u, x])
  const values = dedupe.map((name) => (name === "t" ? event.micros : event[name]))
  return values.includes(null) ? undefined : JSON.stringify(values)
}

const conflicts = ({ dedupe }: OracleSpec, event: Timed, first: Timed): boolean => {
  if (dedupe === "record") return false
  const key: ReadonlyArray<string> = typeof dedupe === "string" ? [dedupe] : dedupe
  return (["type", "id", "a", "t"] as const).some(
    (name) => !key.includes(name) && (name === "t" ? event.micros !== first.micros : event[name] !== first[name])
  )
}
