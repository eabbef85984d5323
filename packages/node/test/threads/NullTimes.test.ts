import { assert, describe, it } from "@effect/vitest"
import { directory } from "../support/directory.ts"
import { runFiles } from "./runFiles.ts"

const spec = (nulls: string) => `version: 1
name: nulls
source: { uri: $AT/e.* }
event: { user: u, time: t, null_values: ${nulls}, columns: { c: "coalesce(c, 'none')" } }
sessions: { gap: 30m }
outputs: { events: { uri: $AT/out/e.csv, columns: [u, t, c] }, rejects: { uri: $AT/out/r.csv, columns: [event, reason] } }
`
const times = ["2024-07-10T10:00:00Z", "2024-07-10 10:00", "0001-01-01T00:00:00Z", "", "never"]

describe("a text that means null", () => {
  it.each([
    ["none of them a time", "[never, '']"],
    ["one of them a time", "[never, '0001-01-01T00:00:00Z']"],
    ["one of them a time as it is written in events", "[never, '2024-07-10 10:00']"]
  ])("is null as a time, too, whoever reads the time: %s", async (_, nulls) => {
    const files = {
      "e.csv": `u,t,c\n${times.map((time, i) => `u${i},${time},${i === 0 ? "never" : "x"}`).join("\n")}\n`,
      "e.jsonl": times.map((t, i) => JSON.stringify({ u: `u${i}`, t, c: i === 0 ? "never" : "x" })).join("\n")
    }
    for (const name of ["e.csv", "e.jsonl"] as const) {
      const at = directory({ [name]: files[name] })
      const plain = await runFiles(at, spec(nulls), { plain: true })
      assert.deepStrictEqual(await runFiles(at, spec(nulls), {}), plain)
      assert.deepStrictEqual(await runFiles(at, spec(nulls), { crew: { threads: 2 } }), plain)
      const missing = plain.files["r.csv"].split("\n").filter((line) => line.endsWith("missing t"))
      assert.strictEqual(
        missing.length,
        nulls.includes("0001") || nulls.includes("10:00") ? 3 : 2,
        plain.files["r.csv"]
      )
      assert.include(plain.files["e.csv"], "u0,2024-07-10T10:00:00Z,none")
    }
  })
})
