import { DuckDBInstance } from "@duckdb/node-api"
import { assert, describe, it } from "@effect/vitest"
import { directory } from "../support/directory.ts"
import { memory, runFiles, type Setting } from "./runFiles.ts"

// Events of Parquet come to the same by plain loops and by the kernels, with any number of threads, in groups of any size.

const settings: ReadonlyArray<Setting> = [
  {},
  { crew: { threads: 1 } },
  { crew: { threads: 2, pieceBytes: 100 } },
  { crew: { threads: 3, pieceBytes: 3000, eventBytes: memory.none } }
]

/** Some records have no user or a blank one, no time, or one that is not plausible, a type that is not known. */
const events = (time: string, count: number, seed: number) => `
  select
    case when range % 37 = 0 then null when range % 41 = 0 then ' ' else 'u' || hash(range + ${seed}) % 60 end as uid,
    case when range % 29 = 0 then null when range % 31 = 0 then '1970-01-02'::timestamp
      else '2024-07-10'::timestamp + to_seconds(hash(range // 2) % 80000) end::${time} as at,
    case when range % 43 = 0 then 'odd' when range % 5 = 0 then 'é' else 'view' end as kind,
    if(range % 3 = 0, null, '/p/' || range % 4) as page
  from range(${count})`

const written = async (at: string) => {
  const connection = await (await DuckDBInstance.create()).connect()
  const write = (query: string, name: string, size: number) =>
    connection.run(`copy (${query}) to '${at}/in/${name}.parquet' (format parquet, row_group_size ${size})`)
  await connection.run("set timezone = 'UTC'")
  await write(events("timestamp", 6000, 1), "a", 2048)
  await write(events("timestamptz", 5000, 2), "b", 4096)
  await write(events("timestamp_ms", 3000, 3), "c", 2048)
  await write(`select * exclude (page) from (${events("timestamp_ns", 3000, 4)})`, "d", 2048)
  // Numbers as users and texts as times are read by plain loops.
  await write(
    "select range % 9 as uid, '2024-07-10T10:00:0' || range % 10 || 'Z' as at, 'view' as kind from range(2500)",
    "e",
    2048
  )
}

const spec = (event: string, outputs: string) => `version: 1
name: parquet
source: { uri: $AT/in/*.parquet }
event: { user: uid, time: at, type: kind${event} }
dedupe: [user, time, type]
sessions: { gap: 30m }
outputs: { ${outputs} }
`

const all =
  "sessions: { uri: $AT/out/s.csv }, events: { uri: $AT/out/e.csv }, rejects: { uri: $AT/out/r.csv }, inputs: { uri: $AT/out/i.csv }"

describe("events of Parquet", () => {
  it.each([
    ["as they are", "", all],
    ["only sessions", "", "sessions: { uri: $AT/out/s.csv, columns: [uid, session_start, session_end, event_count] }"],
    [
      "with a column, known types and a range",
      ', columns: { page: page }, allowed: { type: [view, é] }, time_range: { from: "2024-01-01T00:00:00Z", outside: reject }',
      all
    ],
    ["in another zone", ", timezone: Europe/Berlin", all],
    ["some of them", ", where: \"kind <> 'é'\"", all]
  ])("%s", async (_, event, outputs) => {
    const at = directory({ "in/.keep": "" })
    await written(at)
    const text = spec(event, outputs)
    const reference = await runFiles(at, text, { plain: true })
    for (const setting of settings) {
      const { files, summary } = await runFiles(at, text, setting)
      assert.deepStrictEqual(summary, reference.summary, JSON.stringify(setting))
      assert.deepStrictEqual(files, reference.files, JSON.stringify(setting))
    }
    assert.isAbove(reference.files["s.csv"].length, 1000)
  })
})
