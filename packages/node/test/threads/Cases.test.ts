import { assert, describe, it } from "@effect/vitest"
import { existsSync, readFileSync } from "node:fs"
import { directory } from "../support/directory.ts"
import { Random } from "./Random.ts"
import { memory, runFiles, type Setting } from "./runFiles.ts"

// The cases of public test suites, whole runs from files to files. Cases with equal rules share a run: each has users of
// its own.

type Row = Readonly<Record<string, unknown>>

interface SessionCase {
  readonly id: string
  readonly mode?: string
  readonly subset?: boolean
  readonly gap_ms: number
  readonly boundary: "merge_equal" | "split_equal"
  readonly events: ReadonlyArray<{ readonly id: number; readonly key: string; readonly ts_ms: number | null }>
  readonly expected_sessions: ReadonlyArray<Expected>
}

interface Expected {
  readonly key: string
  readonly start_ms: number
  readonly count: number
  readonly window_end_ms?: number
  readonly last_ms?: number
  readonly sum?: number
}

interface RuleCase {
  readonly id: string
  readonly rules: {
    readonly split_on_change?: ReadonlyArray<string>
    readonly max_events?: number
    readonly max_session_ms?: number
  }
  readonly events: ReadonlyArray<Row & { readonly id: number }>
  readonly expected_groups: ReadonlyArray<ReadonlyArray<number>>
}

const fileOf = (name: string): URL => new URL(`../../../../../shared/cases/${name}`, import.meta.url)
const present = existsSync(fileOf("session-cases.json")) && existsSync(fileOf("rule-cases.json"))
const read = (name: string): unknown => (present ? JSON.parse(readFileSync(fileOf(name), "utf8")) : [])

const sessionCases = (read("session-cases.json") as ReadonlyArray<SessionCase>).filter(({ mode }) => mode === undefined)
const ruleCases = read("rule-cases.json") as ReadonlyArray<RuleCase>

/** Tried with every layout. */
const alone: ReadonlyArray<Setting> = [{ plain: true }, {}, { chunkBytes: 50 }]
/** Tried in turn, as a thread takes half a second to start. */
const shared: ReadonlyArray<Setting> = [
  { crew: { threads: 1, pieceBytes: 200, eventBytes: memory.none } },
  { crew: { threads: 2, pieceBytes: 150, eventBytes: memory.none } },
  { crew: { threads: 2, pieceBytes: 150, eventBytes: memory.enough } }
]

interface Layout {
  readonly seed: number
  readonly times: number
  readonly files: number
}

const layouts: ReadonlyArray<Layout> = [
  { seed: 0, times: 1, files: 1 },
  { seed: 1, times: 1, files: 3 },
  { seed: 2, times: 2, files: 4 }
]

/** Files with the rows, in their order or shuffled, once or more. */
const written = (rows: ReadonlyArray<Row>, { files, seed, times }: Layout) => {
  const random = new Random(seed)
  const all = Array.from({ length: times }, () => rows).flat()
  const lines = (seed === 0 ? all : random.shuffled(all)).map((row) => `${JSON.stringify(row)}\n`)
  const each = Math.ceil(lines.length / files)
  return Object.fromEntries(
    Array.from({ length: files }, (_, i) => [`in/${i}.jsonl`, lines.slice(i * each, (i + 1) * each).join("")])
  )
}

const jsonLines = (text: string | undefined): ReadonlyArray<Row> =>
  (text ?? "").split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Row]))

interface Run {
  readonly sessions: ReadonlyArray<Row>
  readonly events: ReadonlyArray<Row>
  readonly duplicates: number
  readonly rejects: number
}

const run = async (rows: ReadonlyArray<Row>, sessions: string, layout: Layout, setting: Setting): Promise<Run> => {
  const spec = `version: 1
name: cases
source: { uri: "$AT/in/*.jsonl" }
event: { id: id, user: user, time: ts_ms, time_format: epoch_ms, columns: { value: "value::int64", utm_campaign: utm_campaign, user_id: user_id } }
order: [id]
sessions: ${sessions}
outputs: { sessions: { uri: $AT/out/s.jsonl }, events: { uri: $AT/out/e.jsonl }, duplicates: { uri: $AT/out/d.jsonl }, rejects: { uri: $AT/out/r.jsonl } }
`
  const { files } = await runFiles(directory(written(rows, layout)), spec, setting)
  return {
    sessions: jsonLines(files["s.jsonl"]),
    events: jsonLines(files["e.jsonl"]),
    duplicates: jsonLines(files["d.jsonl"]).length,
    rejects: jsonLines(files["r.jsonl"]).length
  }
}

/** Ids have equal lengths, so that they order as text as they do as numbers. */
const idText = (id: number): string => String(id).padStart(4, "0")

const grouped = <A>(items: ReadonlyArray<A>, key: (item: A) => string) =>
  Object.entries(Object.groupBy(items, key)).map(([name, group], n) => [n, name, group ?? []] as const)

/** The ways to run the n-th group of cases. */
const waysOf = (n: number) => [
  ...alone.flatMap((setting) => layouts.map((layout) => ({ setting, layout }))),
  { setting: shared[n % shared.length], layout: layouts[layouts.length - 1] }
]

const sum = (rows: ReadonlyArray<Row>): number => rows.reduce((total, { value }) => total + Number(value ?? NaN), 0)

describe.skipIf(!present)("the sessions of public test suites (../shared), end to end", () => {
  it("has all batch cases", () => {
    assert.strictEqual(sessionCases.length, 30)
  })

  it.each(grouped(sessionCases, ({ boundary, gap_ms }) => `${boundary} ${gap_ms}`))(
    "%i: %s ms",
    async (n, _, cases) => {
      const [{ boundary, gap_ms }] = cases
      const userOf = (test: SessionCase, key: string) => `${test.id} ${key}`
      const rows = cases.flatMap((test) =>
        test.events.map((event) => ({ ...event, id: idText(event.id), user: userOf(test, event.key) }))
      )
      const untimed = rows.filter(({ ts_ms }) => ts_ms === null).length
      for (const { layout, setting } of waysOf(n)) {
        const about = JSON.stringify({ setting, layout })
        const sessions = `{ gap: ${gap_ms}ms, boundary: ${boundary === "merge_equal" ? "merge" : "split"} }`
        const found = await run(rows, sessions, layout, setting)
        assert.strictEqual(found.rejects, untimed * layout.times, about)
        assert.strictEqual(found.duplicates, (rows.length - untimed) * (layout.times - 1), about)
        const byUser = Object.groupBy(found.sessions, ({ user }) => String(user))
        const ofSession = Object.groupBy(found.events, ({ session_id }) => String(session_id))
        for (const test of cases) {
          const keys = new Set(test.events.map(({ key }) => key))
          const all = [...keys].flatMap((key) =>
            (byUser[userOf(test, key)] ?? []).map((session): Expected => {
              const last = Date.parse(String(session.session_end))
              return {
                key,
                start_ms: Date.parse(String(session.session_start)),
                count: Number(session.event_count),
                last_ms: last,
                window_end_ms: last + gap_ms,
                sum: sum(ofSession[String(session.session_id)] ?? [])
              }
            })
          )
          for (const expected of test.expected_sessions) {
            const same = all.find(({ key, start_ms }) => key === expected.key && start_ms === expected.start_ms)
            assert.include(same, expected, `${test.id} ${about}`)
          }
          if (test.subset !== true) assert.strictEqual(all.length, test.expected_sessions.length, `${test.id} ${about}`)
        }
      }
    }
  )
})

const rulesText = ({ max_events, max_session_ms, split_on_change }: RuleCase["rules"]): string => {
  const rules = [
    ...(max_events === undefined ? [] : [`max_events: ${max_events}`]),
    ...(max_session_ms === undefined ? [] : [`max_duration: ${max_session_ms}ms, boundary: split`]),
    ...(split_on_change === undefined ? [] : [`change: [${split_on_change.join()}]`])
  ]
  return `{ gap: none, ${rules.join(", ")} }`
}

describe.skipIf(!present)("the rules of public test suites (../shared), end to end", () => {
  it("has all cases", () => {
    assert.strictEqual(ruleCases.length, 14)
  })

  it.each(grouped(ruleCases, ({ rules }) => rulesText(rules)))("%i: %s", async (n, rules, cases) => {
    const rows = cases.flatMap((test) =>
      test.events.map((event) => ({ ...event, id: idText(event.id), user: test.id }))
    )
    for (const { layout, setting } of waysOf(n)) {
      const about = JSON.stringify({ setting, layout })
      const found = await run(rows, rules, layout, setting)
      assert.strictEqual(found.duplicates, rows.length * (layout.times - 1), about)
      for (const test of cases) {
        const groups = found.sessions
          .filter(({ user }) => user === test.id)
          .map(({ session_id }) =>
            found.events.flatMap((event) => (event.session_id === session_id ? [Number(event.id)] : []))
          )
        assert.deepStrictEqual(groups, test.expected_groups, `${test.id} ${about}`)
      }
    }
  })
})
