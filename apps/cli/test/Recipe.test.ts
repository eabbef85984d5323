import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { directory } from "./support/directory.ts"
import { sojourn } from "./support/inProcess.ts"

const records = [
  { user_id: 1, event_time: "2024-07-10T10:00:00Z", event_type: "login" },
  { user_id: 1, event_time: "2024-07-10T10:05:00Z", event_type: "view" },
  { user_id: 1, event_time: "2024-07-10T10:05:00Z", event_type: "view" },
  { user_id: 2, event_time: "invalid-timestamp", event_type: "click" },
  { user_id: 2, event_time: "2024-07-10T10:10:00Z", event_type: "purchase" }
]
const lines = records.map((record) => JSON.stringify(record))

const sessions = `user_id,session_start,session_end,event_count
1,2024-07-10T10:00:00Z,2024-07-10T10:05:00Z,2
2,2024-07-10T10:10:00Z,2024-07-10T10:10:00Z,1
`
const skipped = `event,reason,user_id,event_time,event_type
4,invalid ISO-8601,2,invalid-timestamp,click
`

/** What the recipe writes for an input: the sessions and the skipped events. */
const run = async (text: string, flag = "--skips-out") => {
  const at = directory({ "events.json": text })
  const out = (name: string) => join(at, name)
  const flags = ["--input", out("events.json"), "--out", out("sessions.csv"), flag, out("skipped.csv")]
  const { code, stderr } = await sojourn("run", "event-sessions", ...flags)
  assert.strictEqual(code, 0, stderr)
  return ["sessions.csv", "skipped.csv"].map((name) => readFileSync(out(name), "utf8"))
}

describe("the recipe event-sessions", () => {
  const layouts = {
    "one record a line": lines.join("\n"),
    "several lines a record": records.map((record) => JSON.stringify(record, null, 2)).join("\n"),
    "one line": lines.join(" "),
    "an array": JSON.stringify(records),
    "an array over several lines": JSON.stringify(records, null, 2),
    "an array inside an object": JSON.stringify({ exported: "2024-07-11", events: records }, null, 2)
  }
  for (const [name, text] of Object.entries(layouts)) {
    it(`gives the same two files, byte for byte, for ${name}`, async () => {
      assert.deepStrictEqual(await run(text), [sessions, skipped])
    })
  }

  it("takes --skips_out too", async () => {
    assert.deepStrictEqual(await run(lines.join("\n"), "--skips_out"), [sessions, skipped])
  })

  const broken = {
    "a line cut short": [...lines.slice(0, 2), lines[2].slice(0, 40), ...lines.slice(3)].join("\n"),
    "a record cut short among records of several lines": records
      .map((record, i) => JSON.stringify(record, null, 2).slice(0, i === 2 ? 40 : undefined))
      .join("\n"),
    "an element of an array cut short": `[\n${lines.map((line, i) => (i === 2 ? line.slice(0, 40) : line)).join(",\n")}\n]`
  }
  for (const [name, text] of Object.entries(broken)) {
    it(`makes one "invalid JSON" of ${name} and loses no neighbour`, async () => {
      const rows = `event,reason,user_id,event_time,event_type
3,invalid JSON,,,
4,invalid ISO-8601,2,invalid-timestamp,click
`
      // The third record repeats the second, so the sessions are the same without it.
      assert.deepStrictEqual(await run(text), [sessions, rows])
    })
  }
})
