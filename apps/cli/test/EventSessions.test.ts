import { assert, describe, it } from "@effect/vitest"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { directory } from "./support/directory.ts"
import { sojourn } from "./support/inProcess.ts"
import { fiveRecords } from "./support/records.ts"

const lines = fiveRecords.map((record) => JSON.stringify(record))
const pretty = fiveRecords.map((record) => JSON.stringify(record, null, 2))

const sessions = `user_id,session_start,session_end,event_count
1,2024-07-10T10:00:00Z,2024-07-10T10:05:00Z,2
2,2024-07-10T10:10:00Z,2024-07-10T10:10:00Z,1
`
const skipped = `event,reason,user_id,event_time,event_type
4,invalid ISO-8601,2,invalid-timestamp,click
`

/** What the recipe writes for an input. */
const run = async (input: string) => {
  const at = directory({ "events.json": input })
  const flags = ["--out", join(at, "sessions.csv"), "--skips_out", join(at, "skipped.csv")]
  const { code, stderr } = await sojourn("run", "event-sessions", "--input", join(at, "events.json"), ...flags, "-q")
  assert.deepStrictEqual([code, stderr], [0, ""])
  return {
    sessions: readFileSync(join(at, "sessions.csv"), "utf8"),
    skipped: readFileSync(join(at, "skipped.csv"), "utf8")
  }
}

describe("the recipe event-sessions", () => {
  const inputs: Readonly<Record<string, string>> = {
    "as lines": `${lines.join("\n")}\n`,
    "as lines of Windows, without the last": lines.join("\r\n"),
    "printed over several lines": `${pretty.join("\n")}\n`,
    "on one line": lines.join(" "),
    "on one line, without blanks": lines.join(""),
    "as an array": JSON.stringify(fiveRecords),
    "as an array over several lines": JSON.stringify(fiveRecords, null, 4),
    "in an object": JSON.stringify({ count: 5, events: fiveRecords }),
    "with a byte order mark": `\ufeff${lines.join("\n")}`
  }
  for (const [name, input] of Object.entries(inputs)) {
    it(`makes the same, byte for byte, of the five records ${name}`, async () => {
      assert.deepStrictEqual(await run(input), { sessions, skipped })
    })
  }

  it("loses nothing but a record that was cut short", async () => {
    const cut = '{"user_id": 3, "event_type": "cli'
    for (const whole of [lines, pretty]) {
      const made = await run(`${[...whole.slice(0, 2), cut, ...whole.slice(2)].join("\n")}\n`)
      assert.strictEqual(made.sessions, sessions)
      const [header, reject] = skipped.split("\n")
      assert.strictEqual(made.skipped, `${header}\n3,invalid JSON,,,\n${reject.replace("4", "5")}\n`)
    }
  })

  it("writes headers only for no records", async () => {
    const [[first], [second]] = [sessions.split("\n"), skipped.split("\n")]
    assert.deepStrictEqual(await run(""), { sessions: `${first}\n`, skipped: `${second}\n` })
  })
})
