import { assert, describe, it } from "@effect/vitest"
import { SpecError, type Summary } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { directory } from "../support/directory.ts"
import { memory, runEffect, runFiles, type Setting } from "./runFiles.ts"

const time = (i: number) => `2024-07-10T10:${String(i % 60).padStart(2, "0")}:00Z`
const range = (count: number) => Array.from({ length: count }, (_, i) => i)

const web = range(40).map((i) => JSON.stringify({ uid: `u${i % 5}`, at: { t: time(i) }, page: `/p/${i % 3}` }))
const app = ["user;time;screen;extra", ...range(40).map((i) => `u${i % 4};${time(i + 7)};s${i % 2};x`)]

const spec = (
  strict: boolean,
  sources = "web: { uri: $AT/web, fields: { user: uid, time: at.t, screen: page } }"
) => `version: 1
name: several
sources:
  ${sources}
  app: { uri: $AT/app.txt, format: { name: csv, delimiter: ";" } }
event: { user: user, time: time, strict: ${strict}, columns: { screen: screen } }
dedupe: none
sessions: { gap: 30m }
outputs: { sessions: { uri: $AT/out/s.csv }, events: { uri: $AT/out/e.csv, columns: [user, time, screen] }, rejects: { uri: $AT/out/r.csv } }
`

/** The web's records under the names that the event has, as Parquet. */
const asParquet = `version: 1
name: parquet
source: { uri: $AT/web/a.jsonl, fields: { user: uid, time: at.t, page: page } }
event: { user: { as: uid, value: user }, time: { as: "at", value: time }, columns: { page: page } }
outputs: { events: { uri: $AT/web.parquet } }
`

const settings: ReadonlyArray<Setting> = [
  {},
  { crew: { threads: 1, pieceBytes: 300, eventBytes: memory.none } },
  { crew: { threads: 2, pieceBytes: 200 } }
]

const files = { "web/a.jsonl": web.join("\n"), "web/b.jsonl": web.slice(0, 7).join("\n"), "app.txt": app.join("\n") }

describe("several sources", () => {
  it("have fields and formats of their own, with any number of threads", async () => {
    const at = directory(files)
    const reference = await runFiles(at, spec(false), { plain: true })
    const { accounting, inputs } = reference.summary as Summary
    assert.strictEqual(accounting.accepted, 87)
    assert.deepStrictEqual(
      inputs.map(({ records }) => records),
      [40, 7, 40]
    )
    const rows = reference.files["e.csv"].trimEnd().split("\n").slice(1)
    assert.lengthOf(
      rows.filter((row) => row.includes(",/p/")),
      47
    )
    assert.lengthOf(
      rows.filter((row) => /,s[01]$/.test(row)),
      40
    )
    for (const setting of settings) {
      assert.deepStrictEqual((await runFiles(at, spec(false), setting)).files, reference.files, JSON.stringify(setting))
    }
  })

  it("know their own fields where nothing else may be there", async () => {
    const at = directory(files)
    for (const setting of settings) {
      const { files: left, summary } = await runFiles(at, spec(true), setting)
      assert.strictEqual((summary as Summary).accounting.rejected, 40)
      assert.match(left["r.csv"], /unknown field extra/)
      assert.notMatch(left["r.csv"], /uid|page/)
    }
  })

  it("may be Parquet", async () => {
    const at = directory(files)
    await Effect.runPromise(runEffect(at, asParquet, {}))
    const fields = "fields: { user: uid, time: at, screen: page }"
    const parquet = await runFiles(at, spec(false, `web: { uri: $AT/web.parquet, ${fields} }`), {})
    const json = await runFiles(
      at,
      spec(false, "web: { uri: $AT/web/a.jsonl, fields: { user: uid, time: at.t, screen: page } }"),
      {}
    )
    assert.strictEqual(parquet.files["e.csv"], json.files["e.csv"])
  })

  it.each([
    ["both", spec(false).replace("sources:", "source: { uri: x }\nsources:"), '4:1: there is a "source" already'],
    ["neither", spec(false).replace(/sources:\n.*\n.*\n/, ""), '1:1: missing "source"'],
    [
      "a field that is not read",
      spec(false).replace("user: uid", "usr: uid"),
      '4:33: the event reads no field "usr" (did you mean "user"?)'
    ],
    ["a format that there is not", spec(false).replace("name: csv", "name: cvs"), '5:35: no format "cvs" to read']
  ])("are told what is wrong: %s", async (_, text, problem) => {
    const error = await Effect.runPromise(Effect.flip(runEffect("/x", text, {})))
    assert.instanceOf(error, SpecError)
    assert.include(error.message, `spec.yaml:${problem}`)
  })
})
