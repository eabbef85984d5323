import { assert, describe, it } from "@effect/vitest"
import { readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { directory } from "./support/directory.ts"
import { sojourn } from "./support/inProcess.ts"

const payloads = ['{"a":[1.50,{"b":"x\\ny"}]}', "null", "[]", "7", '{"a":[1.50,{"b":"x\\ny"}]}', undefined]
const records = payloads.map((payload, i) => {
  const more = payload === undefined ? "" : `,"payload": ${payload.replaceAll(",", " ,\t")}`
  return `{"id":${i},"user":"u${i % 2}","time":"2024-07-10T10:0${i}:00Z"${more}}\n`
})

const spec = `version: 1
name: payloads
source: { uri: "$AT/e.jsonl" }
event:
  id: id
  user: user
  time: time
  columns: { payload: payload::json, text: payload }
sessions: { gap: 30m }
tables:
  rows: { from: events, where: payload is not null, columns: { id: id, payload: payload, before: previous(payload) } }
  again: { from: rows }
  parts: { from: events, by: [{ a: "json_extract(payload, 'a')" }], columns: { n: count(*) } }
checks:
  - { name: no objects, on: rows, expect: "not starts_with(payload::text, '{')", severity: warn }
outputs:
  events: { uri: "$AT/events.jsonl", columns: [id, payload, text] }
  again: { uri: "$AT/again.json" }
  parts: { uri: "$AT/parts.jsonl" }
  csv: { uri: "$AT/again.csv", table: again }
  findings: { uri: "$AT/findings.jsonl" }
  all: { uri: "$AT/all.json", document: { rows: again, byPart: parts } }
`

describe("values of type json", () => {
  it("stand in JSON outputs as they are, and in CSV as text, at 1 and 2 threads", async () => {
    for (const threads of ["1", "2"]) {
      const at = directory({ "e.jsonl": records.join("") })
      writeFileSync(join(at, "spec.yaml"), spec.replaceAll("$AT", at))
      const { code, stderr } = await sojourn("run", join(at, "spec.yaml"), "-q", "--threads", threads)
      assert.strictEqual(code, 0, stderr)
      const text = (name: string) => readFileSync(join(at, name), "utf8")
      const value = (name: string) => JSON.parse(text(name)) as unknown
      const nested = '{"a":[1.50,{"b":"x\\ny"}]}'
      assert.strictEqual(
        text("events.jsonl"),
        [
          `{"id":"0","payload":${nested},"text":${JSON.stringify(nested)}}`,
          '{"id":"2","payload":[],"text":"[]"}',
          `{"id":"4","payload":${nested},"text":${JSON.stringify(nested)}}`,
          '{"id":"1","payload":null,"text":null}',
          '{"id":"3","payload":7,"text":"7"}',
          '{"id":"5","payload":null,"text":null}',
          ""
        ].join("\n")
      )
      const again = [
        { id: "0", payload: JSON.parse(nested), before: null },
        { id: "2", payload: [], before: JSON.parse(nested) },
        { id: "4", payload: JSON.parse(nested), before: [] },
        { id: "3", payload: 7, before: null }
      ]
      assert.deepStrictEqual(value("again.json"), again)
      assert.include(text("again.csv"), '0,"{""a"":[1.50,{""b"":""x\\ny""}]}",\n')
      assert.strictEqual(text("parts.jsonl"), '{"a":null,"n":4}\n{"a":[1.50,{"b":"x\\ny"}],"n":2}\n')
      assert.deepStrictEqual((value("all.json") as { readonly rows: unknown }).rows, again)
      const [finding] = text("findings.jsonl").trim().split("\n")
      assert.strictEqual((JSON.parse(finding) as { readonly samples: ReadonlyArray<unknown> }).samples.length, 2)
    }
  })
})
