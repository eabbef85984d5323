import { readFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { assert, beforeAll, describe, it } from "vitest"
import { type Filter, noFilter, type Row } from "../src/engine/Query.ts"
import { defaultSettings, type Settings } from "../src/engine/Settings.ts"
import { compareRuns } from "../src/worker/compareRuns.ts"
import { FileLines } from "../src/worker/FileLines.ts"
import { LocalRun } from "../src/worker/LocalRun.ts"
import { planJob } from "../src/worker/planJob.ts"
import { recognise, told } from "../src/worker/recognise.ts"
import { runPlan } from "../src/worker/runPlan.ts"
import { sampleInputs } from "../src/worker/Sample.ts"

const text = readFileSync(join(import.meta.dirname, "../../../examples/quickstart/events.jsonl"), "utf8")
const files = [{ name: "events.jsonl", blob: new Blob([text]) }]
const asOfMicros = Date.UTC(2024, 0, 1, 8, 10) * 1000

const runOf = async (changes: Partial<Settings> = {}): Promise<LocalRun> => {
  const settings = { ...defaultSettings, ...changes }
  const job = planJob(files, settings, await sampleInputs(files, settings.format), asOfMicros, [])
  return new LocalRun(job, await told(runPlan(job.plan, files, { asOfMicros })), files)
}

/** All rows of a table that a filter leaves, by column. */
const rowsOf = (run: LocalRun, table: "sessions" | "events" | "rejects", changes: Partial<Filter> = {}) => {
  const filter = { ...noFilter, ...changes }
  const { columns, rows } = run.page(table, { filter, sort: null, from: 0, count: 1e6 })
  return rows.map((row) => ({ row, ...Object.fromEntries(columns.map(({ name }, i) => [name, row.cells[i]])) }))
}
type Named = { readonly row: Row } & Readonly<Record<string, unknown>>

const number = (row: Named, name: string): number => Number(row[name])

describe("the answers of the worker", () => {
  let run: LocalRun
  let sessions: ReadonlyArray<Named>
  let events: ReadonlyArray<Named>
  beforeAll(async () => {
    run = await runOf()
    sessions = rowsOf(run, "sessions")
    events = rowsOf(run, "events")
  })

  it("filter as plain loops do", () => {
    const from = Date.UTC(2024, 0, 1, 3) * 1000
    const to = Date.UTC(2024, 0, 1, 4) * 1000
    const ids = (rows: ReadonlyArray<Named>) => rows.map(({ row }) => row.row)
    const check = (changes: Partial<Filter>, passes: (session: Named) => boolean) => {
      const expected = sessions.filter(passes)
      assert.isNotEmpty(expected)
      assert.isBelow(expected.length, sessions.length)
      assert.deepStrictEqual(ids(rowsOf(run, "sessions", changes)), ids(expected), JSON.stringify(changes))
    }
    check({ from, to }, (s) => number(s, "session_end") >= from && number(s, "session_start") <= to)
    check({ user: "u0" }, (s) => s.user_id === "u0")
    check({ user: "U1" }, (s) => s.user_id === "u1" || String(s.user_id).includes("u1"))
    check({ minSeconds: 60, maxSeconds: 600 }, (s) => {
      const seconds = number(s, "session_duration_sec")
      return seconds >= 60 && seconds <= 600
    })
    check({ minEvents: 5, cause: "gap" }, (s) => number(s, "event_count") >= 5 && s.session_cause === "gap")
    check({ type: "purchase" }, (s) =>
      events.some((event) => event.session_id === s.session_id && event.event_type === "purchase")
    )
    assert.deepStrictEqual(
      ids(rowsOf(run, "events", { from, to, type: "view" })),
      ids(
        events.filter(
          (e) => number(e, "event_time") >= from && number(e, "event_time") <= to && e.event_type === "view"
        )
      )
    )
    assert.deepStrictEqual(rowsOf(run, "rejects", { reason: "missing user_id" }).length, 5)
    // Of the rejects only those without a user have a time that can be read.
    const whole = run.page("rejects", { filter: { ...noFilter, from: 0 }, sort: null, from: 0, count: 100 })
    assert.deepStrictEqual([whole.matching, whole.timeless, whole.total], [5, 13, 18])
  })

  it("sort with what has no value last, and keep the order of what is equal", () => {
    for (const column of ["session_duration_sec", "user_id", "next_session_start"]) {
      for (const descending of [false, true]) {
        const { columns, rows } = run.page("sessions", {
          filter: noFilter,
          sort: { column, descending },
          from: 0,
          count: 1e6
        })
        const at = columns.findIndex(({ name }) => name === column)
        const expected = sessions
          .map(({ row }) => row)
          .toSorted((a, b) => {
            const [x, y] = [a.cells[at], b.cells[at]]
            if (x === y || (x === null && y === null)) return 0
            if (x === null || y === null) return x === null ? 1 : -1
            return (x < y ? -1 : 1) * (descending ? -1 : 1)
          })
        assert.deepStrictEqual(
          rows.map(({ row }) => row),
          expected.map(({ row }) => row)
        )
      }
    }
  })

  it("add up", () => {
    const overview = run.overview(noFilter)
    const sum = (numbers: ReadonlyArray<number>) => numbers.reduce((all, n) => all + n, 0)
    assert.strictEqual(overview.sessions, sessions.length)
    assert.strictEqual(overview.events, events.length)
    assert.strictEqual(overview.users, new Set(sessions.map((s) => s.user_id)).size)
    assert.strictEqual(overview.single, sessions.filter((s) => s.event_count === 1).length)
    assert.strictEqual(overview.medianSeconds, run.summary.sessions?.median_duration_sec)
    for (const bars of [overview.causes, overview.durations, overview.sizes]) {
      assert.strictEqual(sum(bars.map(({ count }) => count)), sessions.length)
    }
    assert.strictEqual(sum(overview.days.map(({ sessions }) => sessions)), sessions.length)
    const open = sum(overview.days.map(({ open }) => open))
    assert.strictEqual(open, sessions.filter((s) => s.is_open === true).length)
    assert.isAbove(open, 0)
    const timeline = run.timeline(noFilter)
    assert.strictEqual(timeline.stepMicros, 300e6)
    for (const [i, type] of timeline.types.entries()) {
      assert.strictEqual(sum([...timeline.counts[i]]), events.filter((e) => e.event_type === type).length)
    }
  })

  it("show a session with its events, in order", () => {
    for (const { row, ...session } of sessions.slice(0, 20)) {
      const detail = run.session(row.row)
      assert.strictEqual(detail.id, session.session_id)
      const own = events.filter((event) => event.session_id === detail.id)
      assert.deepStrictEqual(
        detail.events.map(({ origin, time }) => [time, origin?.record]),
        own.map((event) => [event.event_time, event.$event])
      )
    }
  })

  it("compare runs as sets of sessions do", async () => {
    const other = await runOf({ gap: "10m" })
    const keys = (rows: ReadonlyArray<Named>) =>
      new Set(rows.map((s) => JSON.stringify([s.user_id, s.session_start, s.session_end, s.event_count])))
    const [here, there] = [keys(sessions), keys(rowsOf(other, "sessions"))]
    const { onlyHere, onlyThere, same } = compareRuns(run.compared(noFilter), other.compared(noFilter))
    const without = (some: ReadonlySet<string>, others: ReadonlySet<string>) =>
      [...some].filter((key) => !others.has(key)).length
    assert.deepStrictEqual([onlyHere, onlyThere], [without(here, there), without(there, here)])
    assert.strictEqual(same, here.size - onlyHere)
    const filter = { ...noFilter, user: "u0" }
    const some = compareRuns(run.compared(filter), other.compared(filter))
    assert.strictEqual(some.different, onlyHere + onlyThere)
    assert.isAbove(some.shown, 0)
    assert.isBelow(some.shown, some.different)
    assert.isTrue(some.rows.every(({ user }) => user === "u0"))
  })

  it("tell how many sessions there are at a gap", async () => {
    const { trial } = await recognise(files, { ...defaultSettings, gap: "7m" }, asOfMicros)
    const longer = trial?.gaps.filter((seconds) => seconds > 420).length ?? 0
    assert.strictEqual((trial?.summary.users ?? 0) + longer, trial?.summary.sessions?.count)
  })

  it("find lines again, also in what is packed", async () => {
    const long = Array.from({ length: 5300 }, (_, i) => `line ${i} ${"x".repeat(i % 700)}`)
    for (const content of [long.join("\n"), `${long.join("\n")}\n`]) {
      for (const isPlain of [true, false]) {
        const blob = new Blob([isPlain ? content : new Uint8Array(gzipSync(content))])
        const lines = await FileLines.of({ name: "a.txt", blob }, isPlain)
        assert.strictEqual(lines.total, long.length)
        for (const from of [0, 999, 1000, 3990, 5290]) {
          const read = await lines.read(from, 30)
          assert.deepStrictEqual(
            read.map(({ text }) => text),
            long.slice(from, from + 30)
          )
        }
      }
    }
  })

  it("find the line of every record", async () => {
    const all = text.split("\n")
    for (const { $event, event_id } of events.slice(0, 40)) {
      const line = await run.lineOf(0, Number($event))
      assert.include(all[line ?? -1], `"event_id":${String(event_id)},`)
    }
  })
})
