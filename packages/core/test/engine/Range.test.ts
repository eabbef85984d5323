import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { localEngine } from "../../src/engine/LocalEngine.ts"
import type { Plan } from "../../src/plan/Plan.ts"
import { timeTextMicros } from "../../src/time/TimeText.ts"
import { MemoryConnections } from "../support/MemoryConnections.ts"
import type { PlainRow } from "../support/plain.ts"
import { Random } from "../support/random.ts"
import type { Row } from "../support/records.ts"
import { planOf } from "../support/runSpec.ts"

const hour = 3_600_000
const days = 12
const seeds = 40
/** A clock changes in Europe, and another one in New Zealand. */
const first = Date.UTC(2024, 2, 28)
const asOfMicros = timeTextMicros("2024-05-01T00:00:00Z") ?? NaN

interface Event {
  readonly id: string
  readonly u: string
  readonly t: string
  readonly k: string
  readonly d: string | null
}

/** Events of a few users over days; some have the id of another one. */
const randomEvents = (random: Random): ReadonlyArray<Event> => {
  const events: Array<Event> = []
  const pauses = random.pick([
    [0, hour / 2, 7 * hour],
    [0, hour / 2, 7 * hour, 7 * hour, 7 * hour, 7 * hour, 7 * hour, 30 * hour],
    [hour, 8 * hour, 26 * hour, 26 * hour, 60 * hour]
  ])
  for (let u = 0; u < 4; u++) {
    let at = first + random.int(48) * hour
    while (at < first + days * 24 * hour) {
      const again = events.slice(random.int(4) === 0 ? 0 : -3)
      const id = again.length > 0 && random.int(4) === 0 ? random.pick(again).id : `e${events.length}`
      const k = random.pick(["view", "view", "view", "login", "ping"])
      events.push({ id, u: `u${u}`, t: new Date(at).toISOString(), k, d: random.pick(["a", "b", null]) })
      at += random.pick(pauses) + random.int(3) * 60_000
    }
  }
  return events
}

const randomSpec = (random: Random, zone: string): string => {
  const maybe = (share: number, rule: string) => (random.int(10) < share ? [rule] : [])
  const rules = [
    `gap: ${random.pick(["30m", "8h", "26h", "60h"])}`,
    ...maybe(3, "max_events: 7"),
    ...maybe(3, "max_duration: 30h"),
    ...maybe(3, "change: [d]"),
    ...maybe(3, "start: type = 'login'"),
    ...maybe(2, "end: type = 'login'"),
    ...maybe(2, "midnight: Asia/Tokyo"),
    ...maybe(3, "passive: type = 'ping'"),
    ...maybe(1, "by: d"),
    ...maybe(3, "boundary: split")
  ]
  const keys = [
    "{ key: id, within: 3h }",
    "{ key: [id], within: 20h }",
    "{ key: id, within: 50h }",
    "id",
    "none",
    "record",
    "[id, time]"
  ]
  const numbered = random.pick(["", "", "", ", n: session_number", ", n: session_cause"])
  return `timezone: ${zone}
event: { id: id, user: u, time: t, type: k, columns: { d: d } }
dedupe: ${random.pick(keys)}
sessions: { ${rules.join(", ")}, columns: { kinds: count(distinct d) } }
tables:
  clean: { from: events, columns: { day: date(t), u: u, t: t, id: id, session: session_id } }
  cut: { from: sessions, columns: { id: session_id, start: session_start, end: session_end, events: event_count, kinds: kinds, date: date${numbered} } }
  daily: { from: cut, by: [date], columns: { sessions: count(*), events: sum(events) } }
outputs:
  sessions: { uri: sessions, format: json, partition: [date], columns: [date, session_id, u, event_count, is_open] }
  clean: { uri: clean, format: json, partition: [day] }
  cut: { uri: cut, format: json, partition: [date] }
  daily: { uri: daily, format: json, partition: [date] }
`
}

const dateIn = (zone: string, time: string): string => new Date(time).toLocaleDateString("sv-SE", { timeZone: zone })

/** Runs over events that lie in directories of their dates. */
const run = (plan: Plan, events: ReadonlyArray<Event>, dateOf: (event: Event) => string, range: Plan["range"]) => {
  const rows = new Map<string, Array<Row>>()
  for (const event of events) {
    const uri = `day=${dateOf(event)}`
    rows.set(uri, [...(rows.get(uri) ?? []), { ...event }])
  }
  const uris = [...rows.keys()].sort()
  const inputs = uris.map((uri) => ({ uri, format: null, source: null, fields: {}, partition: "day" }))
  const connections = new MemoryConnections(
    Object.fromEntries(uris.map((uri) => [uri, [{ rows: rows.get(uri) ?? [] }]]))
  )
  return localEngine.run({ ...plan, scan: { ...plan.scan, inputs }, range }, { asOfMicros }).pipe(
    Effect.provide(connections.layer),
    Effect.map(({ summary }) => ({ summary, tables: connections.committed }))
  )
}

/** The date of a row in any of the tables, in days. */
const dayOf = (row: PlainRow): number => new Date(String(row.day ?? row.date)).getTime() / (24 * hour)

describe("a run of some dates", () => {
  it.effect("makes of them what a run of all dates makes, whatever cuts sessions and removes duplicates", () =>
    Effect.gen(function* () {
      let spared = 0
      for (let seed = 1; seed <= seeds; seed++) {
        const random = new Random(seed)
        const zone = random.pick(["UTC", "Europe/Berlin", "Pacific/Auckland"])
        const events = randomEvents(random)
        const spec = randomSpec(random, zone)
        const plan = planOf(spec)
        const dateOf = ({ t }: Event) => dateIn(zone, t)
        const all = yield* run(plan, events, dateOf, null)
        const start = first / (24 * hour)
        for (let i = 0; i < 3; i++) {
          const from = random.int(5) === 0 ? null : start + random.int(days)
          const to = random.int(5) === 0 ? null : (from ?? start) + random.int(4)
          if (from === null && to === null) continue
          const some = yield* run(plan, events, dateOf, { from, to })
          const isIn = (day: number) => day >= (from ?? -Infinity) && day <= (to ?? Infinity)
          for (const [table, rows] of all.tables) {
            const wanted = rows.filter((row) => isIn(dayOf(row)))
            assert.deepStrictEqual(some.tables.get(table), wanted, `seed ${seed}: ${table}, ${from} to ${to}\n${spec}`)
          }
          if (some.summary.inputs.length < all.summary.inputs.length) spared++
        }
      }
      // It is worth something only if not everything is read.
      assert.isAbove(spared, seeds)
    })
  )

  const body = `event: { user: u, time: t }
sessions: { gap: 1h }
tables: { cut: { from: sessions, columns: { start: session_start, end: session_end, date: date } } }
outputs: { cut: { uri: cut, format: json, partition: [date] } }
`
  const everyHour = (hours: number) =>
    Array.from({ length: hours }, (_, i): Event => ({
      id: "",
      u: "u",
      t: new Date(first + i * hour).toISOString(),
      k: "",
      d: null
    }))
  const utcDate = ({ t }: Event) => t.slice(0, 10)
  const sixth = { from: first / (24 * hour) + 5, to: first / (24 * hour) + 5 }

  it.effect("reads the dates beside, farther as long as sessions reach, and nothing else", () =>
    Effect.gen(function* () {
      const apart = everyHour(24 * days).filter(({ t }) => /T(0[1-9]|1\d)/.test(t))
      const near = yield* run(planOf(body), apart, utcDate, sixth)
      assert.deepStrictEqual(
        near.summary.inputs.map(({ source }) => source),
        ["day=2024-04-01/1", "day=2024-04-02/1", "day=2024-04-03/1"]
      )
      // One session that began long before, so that it need not be known where it ends; and one that ends two days later.
      const endless = yield* run(planOf(body), everyHour(24 * days), utcDate, sixth)
      assert.deepStrictEqual(
        endless.summary.inputs.map(({ source }) => source.slice(4, 14)),
        Array.from({ length: 7 }, (_, i) => new Date(first + i * 24 * hour).toISOString().slice(0, 10))
      )
      const long = everyHour(24 * days).filter(({ t }) => t > "2024-04-02T03" && t < "2024-04-04T12")
      const far = yield* run(planOf(body), [...everyHour(1), ...long], utcDate, sixth)
      assert.deepStrictEqual(
        far.summary.inputs.map(({ source }) => source),
        ["day=2024-04-02/1", "day=2024-04-03/1", "day=2024-04-04/1"]
      )
    })
  )

  it.effect("reads all where events lie in the directory of another date, and says so", () =>
    Effect.gen(function* () {
      const events = everyHour(24 * days)
      const misplaced = ({ t }: Event) => (t.startsWith("2024-04-02T12") ? "2024-04-03" : t.slice(0, 10))
      const all = yield* run(planOf(body), events, misplaced, null)
      const some = yield* run(planOf(body), events, misplaced, sixth)
      assert.deepStrictEqual(
        some.tables.get("cut"),
        all.tables.get("cut")?.filter((row) => dayOf(row) === sixth.from)
      )
      assert.deepStrictEqual(some.summary.warnings.slice(1), [
        "events of another date than the directory that they lie in: 1; all directories were read"
      ])
      assert.strictEqual(some.summary.inputs.length, days)
    })
  )
})
