import { assert, describe, it } from "@effect/vitest"
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs"
import { dirname, join } from "node:path"
import { directory } from "./support/directory.ts"
import { sojourn } from "./support/inProcess.ts"

/** mulberry32. */
const makeRandom = (seed: number) => {
  let state = seed
  const next = () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t)
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
  const int = (below: number) => Math.floor(next() * below)
  return { int, pick: <A>(of: ReadonlyArray<A>): A => of[int(of.length)] }
}
type Random = ReturnType<typeof makeRandom>

const hour = 3_600_000
/** Near a change of the clock in Europe. */
const first = Date.UTC(2024, 2, 28)
const days = 5

/** Events of a few users, who come back after hours and days. */
const randomEvents = (random: Random) => {
  const events: Array<{ readonly user: string; readonly time: string; readonly device: string }> = []
  for (let u = 0; u < 4; u++) {
    for (let at = first + random.int(48) * hour; at < first + days * 24 * hour;) {
      events.push({ user: `u${u}`, time: new Date(at).toISOString(), device: random.pick(["a", "b"]) })
      at += random.pick([0, hour / 2, hour, 7 * hour, 26 * hour]) + random.int(3) * 60_000
    }
  }
  return events
}

const ranged = (zone: string, gap: string) => `version: 1
name: ranged
timezone: ${zone}
params:
  date: { optional: true }
  from: { optional: true }
  to: { optional: true }
  raw: { type: path }
  out: { type: path }
range: { date: { param: date }, from: { param: from }, to: { param: to } }
source: { uri: { param: raw }, partition: day }
event: { user: user, time: time, columns: { device: device } }
sessions: { gap: ${gap}, change: [device] }
tables:
  clean: { from: events, columns: { day: date(time), user: user, time: time, session: session_id } }
  cut: { from: sessions, columns: { id: session_id, start: session_start, events: event_count, date: date } }
outputs:
  clean: { uri: "\${out}/clean", format: json, partition: [day] }
  cut: { uri: "\${out}/cut", format: parquet, partition: [date] }
`

const filesOf = (at: string): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(at, { recursive: true })
      .map(String)
      .filter((path) => statSync(join(at, path)).isFile())
      .map((path) => [path, readFileSync(join(at, path), "latin1")])
  )
const dateOf = (path: string): string => /=(\d{4}-\d\d-\d\d)\//.exec(path)?.[1] ?? ""
const dateIn = (zone: string, time: string): string => new Date(time).toLocaleDateString("sv-SE", { timeZone: zone })

/** Files of events by the directory of their date. */
const rawFiles = (events: ReadonlyArray<{ readonly time: string }>, dayOf: (time: string) => string) => {
  const files: Record<string, string> = {}
  for (const event of events) {
    const path = `raw/day=${dayOf(event.time)}/events.jsonl`
    files[path] = `${files[path] ?? ""}${JSON.stringify(event)}\n`
  }
  return files
}

const run = async (at: string, out: string, ...flags: ReadonlyArray<string>) => {
  const words = [
    "run",
    join(at, "spec.yaml"),
    "--raw",
    join(at, "raw"),
    "--out",
    join(at, out),
    "--no-summary",
    ...flags
  ]
  const { code, stderr } = await sojourn(...words)
  assert.strictEqual(code, 0, stderr)
}

describe("a run of some dates", () => {
  it.each([
    ["UTC", "30m", 1],
    ["Europe/Berlin", "8h", 2]
  ] as const)(
    "leaves the bytes that a run of all dates leaves, and other dates alone: %s, %s",
    async (zone, gap, seed) => {
      const random = makeRandom(seed)
      const events = randomEvents(random)
      const files = rawFiles(events, (time) => dateIn(zone, time))
      const at = directory({ ...files, "spec.yaml": ranged(zone, gap) })
      await run(at, "all")
      const all = filesOf(join(at, "all"))
      const dates = [...new Set([...all.keys()].map(dateOf))].sort()
      const [from, to] = [dates[1], dates[2]]
      const ranges: ReadonlyArray<readonly [flags: ReadonlyArray<string>, isIn: (date: string) => boolean]> = [
        [["--date", from], (date) => date === from],
        [["--from", from, "--to", to, "--threads", "2"], (date) => date >= from && date <= to],
        [["--from", to], (date) => date >= to]
      ]
      for (const [i, [flags, isIn]] of ranges.entries()) {
        const wanted = new Map([...all].filter(([path]) => isIn(dateOf(path))))
        await run(at, `empty${i}`, ...flags)
        assert.deepStrictEqual(filesOf(join(at, `empty${i}`)), wanted, flags.join(" "))
        const before = new Map([...all.keys(), "clean/day=2020-01-01/part-0.json"].map((path) => [path, "before"]))
        for (const [path, text] of before) {
          mkdirSync(dirname(join(at, `full${i}`, path)), { recursive: true })
          writeFileSync(join(at, `full${i}`, path), text)
        }
        await run(at, `full${i}`, ...flags)
        assert.deepStrictEqual(filesOf(join(at, `full${i}`)), new Map([...before, ...wanted]), flags.join(" "))
      }
    }
  )

  const simple = (more = "") => `version: 1
name: ranged
params: { date: { optional: true }, raw: { type: path }, out: { type: path } }
range: { date: { param: date } }
source: { uri: { param: raw }, partition: day }
event: { user: user, time: time }
sessions: { gap: 1h }
tables: { cut: { from: sessions, columns: { start: session_start, end: session_end, date: date } } }
outputs: { cut: { uri: "\${out}", format: json, partition: [date] } }
${more}`

  const everyHour = (hours: number) =>
    Array.from({ length: hours }, (_, i) => ({ user: "u", time: new Date(first + i * hour).toISOString() }))

  const changed = (from: string, to: string) => simple().replace(from, to)
  it.each<readonly [name: string, spec: string, flags: ReadonlyArray<string>, message: RegExp]>([
    [
      "a date that is none",
      simple(),
      ["--date", "2024-02-30"],
      /:4:\d+: expected a date such as 2025-11-16, found "2024-02-30"/
    ],
    [
      "a range that ends before it begins",
      changed("{ date: { param: date } }", "{ from: 2024-03-02, to: 2024-03-01 }"),
      [],
      /:4:\d+: 2024-03-01 is before 2024-03-02, where the range begins/
    ],
    [
      "a date beside a range",
      changed("date: { param: date } }", "date: { param: date }, from: 2024-03-02 }"),
      ["--date", "2024-03-01"],
      /"date" is one date alone/
    ],
    [
      "an output that is not divided",
      changed(", partition: [date] }", " }"),
      ["--date", "2024-03-01"],
      /:9:12: with a range the output "cut" would lose its other dates\n.*partition: \[date\]/
    ],
    [
      "an output divided by another date",
      changed("date: date }", "date: date(session_end) }"),
      ["--date", "2024-03-01"],
      /:9:\d+: with a range the output "cut" has to be divided by the date of what its rows are made from/
    ],
    [
      "rows that look at others",
      changed("date: date }", "date: date, n: next(session_start) }"),
      ["--date", "2024-03-01"],
      /has to be divided by the date of what its rows are made from/
    ],
    [
      "events without a time",
      changed(", time: time }\nsessions: { gap: 1h }", " }")
        .replace("session_start, end: session_end, date: date", "user")
        .replace("from: sessions", "from: events"),
      ["--date", "2024-03-01"],
      /there are no dates: the spec has no "event.time"/
    ],
    [
      "standard output",
      changed("outputs: {", 'outputs: { rejects: { uri: "-", format: csv },'),
      ["--date", "2024-03-01"],
      /a run with a range may have to read again/
    ],
    ["a state", simple(), ["--date", "2024-03-01", "--state", "state"], /--state is for specs without a range/]
  ])("is refused for %s", async (_, spec, flags, message) => {
    const at = directory({ ...rawFiles(everyHour(5), (time) => time.slice(0, 10)), "spec.yaml": spec })
    const words = ["run", join(at, "spec.yaml"), "--raw", join(at, "raw"), "--out", join(at, "out")]
    const state = flags.map((word) => (word === "state" ? join(at, "state") : word))
    const { code, stderr } = await sojourn(...words, ...state)
    assert.match(stderr, message)
    assert.strictEqual(code, 2)
    assert.deepStrictEqual(readdirSync(at).sort(), ["raw", "spec.yaml"])
  })
})
