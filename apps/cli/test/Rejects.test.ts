import { assert, describe, it } from "@effect/vitest"
import { appendFileSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { onTestFinished } from "vitest"
import { directory } from "./support/directory.ts"
import { sojourn } from "./support/inProcess.ts"
import { fiveRecords, jsonLines } from "./support/records.ts"

const spec = (at: string) => `version: 1
name: shop
params: { gap: { type: duration, default: 30m } }
source: { uri: "${at}/e.jsonl" }
event: { user: user_id, time: event_time, type: event_type }
sessions: { gap: { param: gap } }
outputs:
  events: { uri: "${at}/events.csv", columns: [user_id, event_time, event_type] }
  rejects: { uri: "${at}/rejects.csv", columns: [event, reason] }
`

/** A state after one run over five records and two bad ones. */
const kept = async () => {
  const at = directory({
    "e.jsonl": `${jsonLines(fiveRecords)}{"user_id":null,"event_time":"2024-07-10T11:00:00Z"}\n{"user_id":3,\n`
  })
  writeFileSync(join(at, "spec.yaml"), spec(at))
  const state = join(at, "state")
  const { code, stderr } = await sojourn("run", join(at, "spec.yaml"), "--state", state, "--gap", "1h", "-q")
  assert.strictEqual(code, 0, stderr)
  const lines = (name: string) => readFileSync(join(at, name), "utf8").trimEnd().split("\n").slice(1)
  return { at, state, lines }
}

describe("sojourn rejects", () => {
  it("shows what is in quarantine by reason, with samples and places", async () => {
    const { at, state } = await kept()
    const { code, stdout } = await sojourn("rejects", "show", state)
    assert.strictEqual(code, 0)
    assert.strictEqual(
      stdout,
      `3 rejected records in ${state}

1 × missing user_id (field.missing, field user_id)
  ${at}/e.jsonl:6  no value

1 × invalid JSON (json.syntax)
  ${at}/e.jsonl:7  "{\\"user_id\\":3"

1 × invalid ISO-8601 (time.invalid, field event_time)
  ${at}/e.jsonl:4  "invalid-timestamp"

correct them in the inputs or the spec, or: sojourn rejects replay ${state} --set user_id=…
`
    )
  })

  it("tells nobody what a field holds that is used under a hash only, and can be replayed all the same", async () => {
    const at = directory({
      "e.jsonl": jsonLines([
        { student: "ann-1", time: "2024-07-10T10:00:00Z", page: "/a" },
        { student: "ann-2", time: "soon", page: "/b" },
        { student: null, time: "2024-07-10T10:05:00Z", page: "/c" }
      ]).concat('{"student":"ann-3",\n')
    })
    const path = join(at, "spec.yaml")
    writeFileSync(
      path,
      `version: 1
name: school
source: { uri: "${at}/e.jsonl" }
event: { user: { as: pupil, value: "hmac_sha256(student, \${PUPIL_KEY})" }, time: time, columns: { page: page } }
reports: { r: { uri: "${at}/r.md", template: "{{ run.rejected }}" } }
outputs:
  events: { uri: "${at}/events.csv" }
  rejects: { uri: "${at}/rejects.jsonl" }
`
    )
    process.env.PUPIL_KEY = "key"
    onTestFinished(() => {
      delete process.env.PUPIL_KEY
    })
    const state = join(at, "state")
    const ran = await sojourn("run", path, "--state", state)
    const shown = await sojourn("rejects", "show", state)
    const told = await sojourn("run", path, "--summary", "json")
    const previewed = await sojourn("preview", path)
    assert.deepStrictEqual([ran.code, shown.code, told.code, previewed.code], [0, 0, 0, 0])
    const rows = readFileSync(join(at, "rejects.jsonl"), "utf8")
    for (const text of [ran.stdout, ran.stderr, shown.stdout, told.stdout, previewed.stdout, rows]) {
      assert.notInclude(text, "ann-")
    }
    assert.include(told.stdout, "soon")
    assert.include(shown.stdout, 'e.jsonl:2  "soon"')
    assert.match(rows, /"student":"\(redacted\)","time":"soon","page":"\/b","raw":"\(redacted\)"/)
    assert.match(rows, /"student":null,.*"raw":"\(redacted\)"/)
    const replayed = await sojourn("rejects", "replay", state, "--set", "time=2024-07-10T10:01:00Z")
    assert.include(replayed.stdout, "accepted    2", replayed.stderr)
  })

  it("replays corrected records once, at their first place, and leaves the others", async () => {
    const { at, lines, state } = await kept()
    const time = "2024-07-10T10:10:00Z"
    const { code, stderr, stdout } = await sojourn("rejects", "replay", state, "--set", `event_time=${time}`)
    assert.strictEqual(code, 0, stderr)
    assert.include(stdout, "rejected    2 (28.57 %)")
    const events = [
      "1,2024-07-10T10:00:00Z,login",
      "1,2024-07-10T10:05:00Z,view",
      `2,${time},click`,
      `2,${time},purchase`
    ]
    assert.deepStrictEqual(
      [lines("events.csv"), lines("rejects.csv")],
      [events, ["6,missing user_id", "7,invalid JSON"]]
    )

    // Again nothing comes of it, and of the next run neither: not even if the value would do for a new record.
    await sojourn("rejects", "replay", state, `--set=event_time=${time}`, "-q")
    assert.deepStrictEqual(lines("events.csv"), events)
    appendFileSync(join(at, "e.jsonl"), jsonLines([{ user_id: 9, event_time: "soon" }]))
    await sojourn("run", join(at, "spec.yaml"), "--state", state, "-q")
    assert.deepStrictEqual([lines("events.csv"), lines("rejects.csv").at(-1)], [events, "8,invalid ISO-8601"])
    await sojourn("rejects", "replay", state, "--set", "user_id=0", "--set", `event_time=${time}`, "-q")
    assert.deepStrictEqual(lines("events.csv"), ["0,2024-07-10T11:00:00Z,", ...events, `9,${time},`])
    assert.deepStrictEqual(lines("rejects.csv"), ["7,invalid JSON"])
  })

  it("replays by a changed spec, with the params of the run", async () => {
    const { at, lines, state } = await kept()
    const path = join(at, "spec.yaml")
    writeFileSync(
      path,
      readFileSync(path, "utf8").replace(
        "user: user_id",
        '"user": { as: user_id, value: "coalesce(user_id, \'none\')" }'
      )
    )
    const { code, stderr } = await sojourn("rejects", "replay", state, "-q")
    assert.strictEqual(code, 0, stderr)
    assert.deepStrictEqual(lines("rejects.csv"), ["4,invalid ISO-8601", "7,invalid JSON"])
    assert.strictEqual(lines("events.csv").at(-1), "none,2024-07-10T11:00:00Z,")
    const { call } = JSON.parse(readFileSync(join(state, "state.json"), "utf8")) as {
      readonly call: { readonly params: unknown }
    }
    assert.deepStrictEqual(call.params, { gap: "1h" })
  })

  const wrong: ReadonlyArray<readonly [string, ReadonlyArray<string>, string]> = [
    [
      "a field that is not read",
      ["--set", "user=1"],
      '--set: the spec reads no field "user"; expected user_id, event_time, event_type'
    ],
    [
      "a field that is misspelt",
      ["--set", "user_ids=1"],
      '--set: the spec reads no field "user_ids" (did you mean "user_id"?)'
    ],
    [
      "no value",
      ["--set", "user_id"],
      '--set: expected a field and its value, such as user_id=unknown, found "user_id"'
    ]
  ]
  for (const [name, words, message] of wrong) {
    it(`refuses ${name}`, async () => {
      const { state } = await kept()
      const { code, stderr } = await sojourn("rejects", "replay", state, ...words)
      assert.deepStrictEqual([code, stderr], [2, `sojourn: ${message}`])
    })
  }

  it("says that there is no state, or nothing in quarantine", async () => {
    const at = directory({ "e.jsonl": jsonLines(fiveRecords.slice(0, 2)) })
    const state = join(at, "state")
    const none = await sojourn("rejects", "show", state)
    assert.deepStrictEqual([none.code, none.stderr.split("\n")[0]], [3, `sojourn: ${state} holds no state`])
    writeFileSync(join(at, "spec.yaml"), spec(at))
    await sojourn("run", join(at, "spec.yaml"), "--state", state, "-q")
    assert.strictEqual((await sojourn("rejects", "show", state)).stdout, `${state} has no rejected records\n`)
  })
})
