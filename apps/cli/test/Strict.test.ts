import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { directory } from "./support/directory.ts"
import { sojourn } from "./support/inProcess.ts"

const spec = (uri: string) => `version: 1
name: strict
source: { uri: "${uri}" }
event: { user: user, time: at.time, strict: true, columns: { kind: kind } }
dedupe: none
outputs: { rejects: { uri: rejects.csv, columns: [event, code, reason, field] } }
`
const header = "event,code,reason,field\n"

const many = Array.from({ length: 25 }, (_, i) => `"k${i}":${i}`).join()
const lines = [
  '{"user":"a","at":{"time":"2024-07-10T10:00:00Z","zone":"UTC"},"kind":"x"}',
  '{"user":"a","at.time":"2024-07-10T10:00:00Z"}',
  '{"user":"a","at":{"time":"2024-07-10T10:00:00Z"},"total":1,"suc\\u0063esses":{"kind":2},"total":2}',
  '{"total":null}',
  `{"user":"a",${many}}`,
  '{"user":"a","at":{"time":"2024-07-10T10:00:00Z"},"":0}',
  '{"user":"a","at":{"time":"never"}}'
]
const jsonRejects = [
  '3,field.unknown,"unknown fields total, successes","total, successes"',
  "4,field.unknown,unknown field total,total",
  `5,field.unknown,"unknown fields ${Array.from({ length: 20 }, (_, i) => `k${i}`).join(", ")} and 5 more","${Array.from(
    { length: 20 },
    (_, i) => `k${i}`
  ).join(", ")} and 5 more"`,
  '6,field.unknown,"unknown field """"",""""""',
  "7,time.invalid,invalid ISO-8601,at.time",
  ""
].join("\n")

const run = async (files: Readonly<Record<string, string>>, uri: string, ...flags: ReadonlyArray<string>) => {
  const at = directory(files)
  const text = spec(join(at, uri)).replaceAll("rejects.csv", join(at, "rejects.csv"))
  const path = join(directory({ "spec.yaml": text }), "spec.yaml")
  const { code, stdout, stderr } = await sojourn("run", path, ...flags)
  return { code, stdout, stderr, rejects: readFileSync(join(at, "rejects.csv"), "utf8") }
}

describe("event.strict rejects records with fields that the spec does not name", () => {
  it.each([
    ["e.jsonl", `${lines.join("\n")}\n`],
    ["e.json", `[\n${lines.join(",\n")}\n]`],
    ["day=2024-07-10/e.jsonl", lines.join("\n")]
  ])("of %s, whatever they hold, at 1 and 2 threads", async (file, text) => {
    for (const threads of ["1", "2"]) {
      const { code, rejects, stdout } = await run({ [file]: text }, file, "--threads", threads)
      assert.strictEqual(code, 0, stdout)
      assert.strictEqual(rejects, header + jsonRejects)
    }
  })

  it("of CSV, by its header", async () => {
    const row = "a,2024-07-10T10:00:00Z,x"
    const known = await run({ "e.csv": `user,at.time,kind\n${row}\n` }, "e.csv")
    assert.strictEqual(known.rejects, header)
    const { code, rejects, stderr } = await run({ "e.csv": `user,at.time,kind,other,\n${row},,\n` }, "e.csv")
    assert.strictEqual(code, 1)
    assert.strictEqual(rejects, `${header}1,field.unknown,"unknown fields other, """"","other, """""\n`)
    assert.include(stderr, "none of 1 records could be accepted: 1 × unknown fields other")
  })

  it("of Parquet, by its schema, but for fields that the path gives", async () => {
    const at = directory({ "e.jsonl": '{"user":"a","time":"2024-07-10T10:00:00Z","kind":"x"}\n' })
    const write = `version: 1
name: write
source: { uri: "${at}/e.jsonl" }
event: { user: user, time: { as: at.time, value: time }, columns: { kind: kind } }
outputs: { events: { uri: "${at}/kind=y/e.parquet" } }
`
    const path = join(directory({ "spec.yaml": write }), "spec.yaml")
    assert.strictEqual((await sojourn("run", path)).code, 0)
    const reading = (columns: string) =>
      spec(`${at}/kind=y/e.parquet`)
        .replace("rejects.csv", `${at}/rejects.csv`)
        .replace("time: at.time", "time: '\"at.time\"'")
        .replace("{ kind: kind }", columns)
    const read = async (columns: string) => {
      await sojourn("run", join(directory({ "spec.yaml": reading(columns) }), "spec.yaml"))
      return readFileSync(join(at, "rejects.csv"), "utf8")
    }
    assert.strictEqual(await read("{ kind: kind }"), header)
    assert.strictEqual(await read("{ other: other }"), `${header}1,field.unknown,unknown field kind,kind\n`)
  })
})
