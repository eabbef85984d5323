import { assert, describe, it } from "@effect/vitest"
import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { directory } from "../support/directory.ts"
import { Random } from "../threads/Random.ts"
import { filesBelow, runSpec, type Setting } from "./runState.ts"

// After any sequence of increments everything is as one run over the files has it.

const source = `source: { uri: "$AT/in" }`

const outputs = (tables: ReadonlyArray<string>, out: string) =>
  tables.map((table) => {
    const [name, partition] = table.split("/")
    return partition === undefined
      ? `  ${name}: { uri: "$AT/${out}/${name}.jsonl" }`
      : `  ${name}: { uri: "$AT/${out}/${name}", format: csv, partition: [${partition}] }`
  })

/** Each with the tables that it writes. */
const specs: ReadonlyArray<readonly [text: string, tables: ReadonlyArray<string>]> = [
  [
    `event: { id: id, user: user, time: time, type: kind, columns: { page: page } }
sessions: { gap: 30m, columns: { pages: count(distinct page) } }
users: { columns: { last_page: last(page) } }
tables: { days: { from: sessions, by: [date], columns: { n: count(*), long: max(session_duration_sec) } } }`,
    ["sessions/date", "events", "users", "days", "duplicates", "rejects"]
  ],
  [
    `event: { user: user, time: time, type: kind, columns: { page: page } }
sessions: { gap: 10m }
dedupe: [user, time, type]`,
    ["sessions/date"]
  ],
  [
    `event: { user: user, time: time, type: kind, columns: { page: page, id: id } }
dedupe: record
order: [page]
sessions: { gap: 1h, start: kind = 'login', end: kind = 'buy', change: [page], max_events: 4, boundary: split }`,
    ["sessions", "events", "duplicates", "rejects"]
  ],
  [
    `event: { user: user, time: time, type: kind, columns: { page: page, price: "price::int64" }, where: kind <> 'noise' }
dedupe: none
tie: content
sessions: { gap: 30m, by: page, passive: kind = 'view', columns: { sum: sum(price) } }
tables: { kinds: { from: events, by: [kind], columns: { n: count(*), p: sum(price) } } }`,
    ["sessions/date", "events/kind", "kinds", "rejects"]
  ],
  [
    `event: { user: { as: who, value: [user, page] }, time: time, time_range: { outside: reject }, columns: { kind: kind } }
sessions: { midnight: true }
users: {}`,
    ["sessions/date", "users", "rejects"]
  ]
]

const specOf = ([text, tables]: (typeof specs)[number], out: string) =>
  `version: 1\nname: increments\n${source}\n${text}\noutputs:\n${outputs(tables, out).join("\n")}\n`

const start = Date.UTC(2024, 6, 8)

/** A record; some are bad, and some are like others. */
const recordOf = (random: Random) => {
  const minutes = random.int(3) === 0 ? random.int(4000) : 2000 + random.int(200)
  const time = new Date(start + minutes * 60_000 + (random.int(4) === 0 ? 1000 : 0)).toISOString().replace(".000", "")
  return {
    id: `e${random.int(400)}`,
    user: random.int(15) === 0 ? null : `u${random.int(6)}`,
    time: random.int(15) === 0 ? "soon" : random.int(40) === 0 ? "2024-07-20T00:00:00Z" : time,
    kind: random.pick(["login", "view", "view", "buy", "noise"]),
    page: random.pick(["/a", "/b", 'say "x"', "two\nlines", null]),
    price: random.int(12) === 0 ? "dear" : random.int(9)
  }
}

type Made = ReturnType<typeof recordOf>

const csvCell = (value: string | number | null): string =>
  value === null ? "" : /[",\n]/.test(String(value)) ? `"${String(value).replaceAll('"', '""')}"` : String(value)
const csvLine = (record: Made): string => `${Object.values(record).map(csvCell).join(",")}\n`
const header = "id,user,time,kind,page,price\n"
const jsonLine = (record: Made, random: Random): string =>
  `${JSON.stringify(record)}${random.int(20) === 0 ? "," : ""}\n`

/** The text of some more records of a file, the last of which may not be complete. */
const textOf = (name: string, random: Random, isFirst: boolean): string => {
  const records = Array.from({ length: random.int(isFirst ? 25 : 6) }, () => recordOf(random))
  const text = name.endsWith(".csv")
    ? `${isFirst ? header : ""}${records.map(csvLine).join("")}`
    : records.map((record) => jsonLine(record, random)).join("")
  // Sometimes a file is seen while it is written.
  return random.int(5) === 0 ? text.slice(0, random.int(text.length + 1)) : text
}

const isText = (name: string): boolean => /\.(csv|jsonl)$/.test(name)

const write = (path: string, random: Random): void => {
  const records = () => Array.from({ length: random.int(12) }, () => recordOf(random))
  if (path.endsWith(".gz")) {
    const text = records().map((record) => jsonLine(record, random))
    writeFileSync(path, gzipSync(text.join("")))
  } else if (path.endsWith(".json")) writeFileSync(path, JSON.stringify(records()))
  else writeFileSync(path, textOf(path, random, true))
}

/** Changes the inputs in one way; says how. */
const change = (at: string, random: Random): string => {
  const names = readdirSync(at).toSorted()
  const name: string = names.length === 0 ? "" : random.pick(names)
  const path = join(at, name)
  const other = `${random.pick(["a", "f", "m", "z"])}${random.int(100)}.${random.pick(["jsonl", "jsonl", "csv", "csv", "json", "jsonl.gz"])}`
  const kind = names.length === 0 ? 0 : random.int(10)
  if (kind <= 2) {
    write(join(at, other), random)
    return `new ${other}`
  }
  if (kind <= 5 && isText(path)) {
    writeFileSync(path, readFileSync(path, "utf8") + textOf(path, random, false))
    return `grown ${name}`
  }
  if (kind === 6) {
    write(path, random)
    return `replaced ${name}`
  }
  if (kind === 7) {
    rmSync(path)
    return `removed ${name}`
  }
  if (kind === 8) {
    copyFileSync(path, join(at, `${random.pick(["b", "y"])}${random.int(100)}${name.slice(name.indexOf("."))}`))
    return `doubled ${name}`
  }
  if (!isText(path)) return "nothing"
  const text = readFileSync(path, "utf8")
  writeFileSync(path, text.slice(0, random.int(text.length + 1)))
  return `cut ${name}`
}

/** Ids of sessions that are written below a directory, where they are not given by the spec. */
const sessionIds = (at: string): ReadonlySet<string> =>
  new Set(
    Object.entries(filesBelow(at))
      .filter(([path]) => path.startsWith("sessions"))
      .flatMap(([, text]) => text.match(/[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g) ?? [])
  )

interface Change {
  readonly old_session_id: string
  readonly new_session_id: string | null
  readonly kind: string
  readonly cause: string
}

/** What the last run has logged. */
const lastChanges = (state: string): ReadonlyArray<Change> => {
  const { run } = JSON.parse(readFileSync(join(state, "state.json"), "utf8")) as { readonly run: number }
  const text = filesBelow(state)[`changes-${run}.jsonl`] ?? ""
  return text.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line) as Change]))
}

/** Every id that is no more is in the log, and what is in the log is so. */
const checkChanges = (
  changes: ReadonlyArray<Change>,
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
  about: string
) => {
  const gone = [...before].filter((id) => !after.has(id))
  assert.sameMembers([...new Set(changes.map((one) => one.old_session_id).filter((id) => !after.has(id)))], gone, about)
  for (const { cause, kind, new_session_id: to, old_session_id: from } of changes) {
    const rows = changes.filter((one) => one.old_session_id === from).length
    assert.isTrue(before.has(from) && from !== to && /^(new|grown|changed|gone|read again) /.test(cause), about)
    if (kind === "gone") assert.isNull(to, about)
    else assert.isTrue(after.has(to ?? ""), about)
    if (kind === "split") assert.isTrue(rows > 1 || after.has(from), about)
    else assert.isTrue(rows === 1 && !after.has(from), about)
    if (kind === "merged") {
      const others = changes.filter((one) => one.new_session_id === to && one.old_session_id !== from)
      assert.isTrue(others.length > 0 || before.has(to ?? ""), about)
    }
    kinds.add(kind)
  }
}
const kinds = new Set<string>()

const settings: ReadonlyArray<Setting["crew"]> = [{}, { pieceBytes: 200 }, { eventBytes: 1 }]

describe("a sequence of increments", () => {
  it("leaves what one run over the files leaves, whatever is late, grown, replaced, doubled or gone", async () => {
    const seeds = Number(process.env.INCREMENTS ?? 12)
    for (let seed = 1; seed <= seeds; seed++) {
      const random = new Random(seed)
      const at = directory()
      const inputs = join(at, "in")
      mkdirSync(inputs)
      write(join(inputs, "a1.jsonl"), random)
      const spec = random.pick(specs)
      const log: Array<string> = []
      let hours = 0
      for (let step = 0; step < 7; step++) {
        for (let i = step === 0 ? 0 : random.int(4); i > 0; i--) log.push(change(inputs, random))
        if (readdirSync(inputs).length === 0) write(join(inputs, "a1.jsonl"), random)
        if (random.int(3) === 0) hours += random.int(300)
        const asOf = new Date(Date.UTC(2024, 6, 11) + hours * 3_600_000).toISOString()
        const crew = random.pick(settings)
        log.push("run")
        const about = `seed ${seed}: ${log.join(", ")}`
        const before = sessionIds(join(at, "out"))
        const summary = await runSpec(specOf(spec, "out"), { at, asOf, state: "state", prune: true, crew: crew ?? {} })
        rmSync(join(at, "full"), { recursive: true, force: true })
        const full = await runSpec(specOf(spec, "full"), { at, asOf })
        assert.deepStrictEqual(filesBelow(join(at, "out")), filesBelow(join(at, "full")), about)
        const rows = ({ outputs: written, ...rest }: typeof summary) => ({
          ...rest,
          rows: written.map((one) => one.rows)
        })
        assert.deepStrictEqual(rows(summary), rows(full), about)
        if (!spec[0].includes("by: page"))
          checkChanges(lastChanges(join(at, "state")), before, sessionIds(join(at, "out")), about)
      }
    }
    assert.sameMembers([...kinds], ["merged", "split", "moved", "gone"])
  }, 600_000)
})
