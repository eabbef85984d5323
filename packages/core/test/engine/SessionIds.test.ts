import { assert, describe, it } from "@effect/vitest"
import { v5 } from "uuid"
import { dnsNamespace, Uuid5, uuidTextLength, writeUuidText } from "../../src/engine/Uuid5.ts"
import { timeTextMicros } from "../../src/time/TimeText.ts"
import type { PlainRow } from "../support/plain.ts"
import { Random } from "../support/random.ts"
import { planOf, runPlan, runSpec } from "../support/runSpec.ts"

const namespace = v5("sojourn:test", v5.DNS)

/** Exact for the times of these tests. */
const idOf = (user: string, micros: bigint | number, further = 0): string =>
  v5(`${user}\u001f${micros}${further === 0 ? "" : `\u001f${further}`}`, namespace)

const sessionsOf = (body: string, rows: ReadonlyArray<Readonly<Record<string, unknown>>>): ReadonlyArray<PlainRow> =>
  runSpec(`event: { user: u, time: t }\ndedupe: none\n${body}`, rows).table("sessions")

const ids = (rows: ReadonlyArray<PlainRow>) => rows.map(({ session_id }) => session_id)

describe("session_id is the UUIDv5 of user, U+001F and start in microseconds", () => {
  it.each([
    ["2024-07-10T10:00:00Z", 1_720_605_600_000_000n],
    ["2024-07-10T10:00:00.000001Z", 1_720_605_600_000_001n],
    ["1970-01-01T00:00:00Z", 0n],
    ["1970-01-01T00:00:00.000009Z", 9n],
    ["1970-01-01T00:00:01Z", 1_000_000n],
    ["1969-12-31T23:59:59.999999Z", -1n],
    ["1969-12-31T23:59:59.4Z", -600_000n],
    ["1969-12-31T23:59:59Z", -1_000_000n],
    ["1969-12-31T23:59:58.000001Z", -1_999_999n],
    ["0001-01-01T00:00:00Z", -62_135_596_800_000_000n],
    ["2300-01-01T00:00:00.000001Z", 10_413_792_000_000_001n],
    ["9999-12-31T23:59:59.999999Z", 253_402_300_799_999_999n]
  ])("for a session that starts at %s", (t, micros) => {
    assert.deepStrictEqual(ids(sessionsOf("sessions: {}", [{ u: "u", t }])), [idOf("u", micros)])
  })

  it("for users of any length, over one block of the hash and over its padding, and in any script", () => {
    const users = [
      ...Array.from({ length: 140 }, (_, i) => "x".repeat(i + 1)),
      "é".repeat(1000),
      "y".repeat(10_000),
      "\u{1f600}",
      'say "hi"\\'
    ]
    const t = "2024-07-10T10:00:00Z"
    const found = sessionsOf(
      "sessions: {}",
      users.map((u) => ({ u, t }))
    )
    assert.strictEqual(found.length, users.length)
    for (const { session_id, u } of found) assert.strictEqual(session_id, idOf(String(u), timeTextMicros(t) ?? 0))
  })

  it("for further sessions of a user with the same start, with their number at the end", () => {
    const t = "1970-01-01T00:00:01Z"
    const rows = [
      ...Array.from({ length: 12 }, () => ({ u: "a", t })),
      { u: "a", t: "1970-01-01T00:00:02Z" },
      { u: "b", t }
    ]
    const found = sessionsOf("sessions: { gap: 0s, boundary: split }", rows)
    assert.deepStrictEqual(ids(found), [
      ...Array.from({ length: 12 }, (_, i) => idOf("a", 1_000_000, i)),
      idOf("a", 2_000_000),
      idOf("b", 1_000_000)
    ])
    assert.deepStrictEqual(
      found.map(({ event_count }) => event_count),
      found.map(() => 1)
    )
  })

  it("which every event of the session carries", () => {
    const rows = [
      { u: "a", t: "1970-01-01T00:00:00Z" },
      { u: "a", t: "1970-01-01T00:00:01Z" },
      { u: "a", t: "1970-01-01T01:00:00Z" },
      { u: "b", t: "1970-01-01T00:00:00Z" }
    ]
    const { table } = runSpec("event: { user: u, time: t }\nsessions: { gap: 30m }", rows)
    assert.deepStrictEqual(ids(table("events")), [idOf("a", 0), idOf("a", 0), idOf("a", 3_600_000_000), idOf("b", 0)])
  })

  it("and depends on the name of the spec", () => {
    const plan = { ...planOf("event: { user: u, time: t }\nsessions: {}"), name: "other" }
    const { table } = runPlan(plan, [{ u: "a", t: "1970-01-01T00:00:00Z" }])
    assert.deepStrictEqual(ids(table("sessions")), [v5("a\u001f0", v5("sojourn:other", v5.DNS))])
  })
})

describe("Uuid5", () => {
  it("agrees with the package uuid on random names, however they are cut and whatever stood there before", () => {
    const uuid = new Uuid5(dnsNamespace)
    const out = new Uint8Array(16)
    const text = new Uint8Array(uuidTextLength)
    for (let seed = 0; seed < 300; seed++) {
      const random = new Random(seed)
      const name = Uint8Array.from({ length: random.int(300) }, () => random.int(256))
      uuid.begin()
      const cuts = [0, ...random.cuts(name.length, 3), name.length]
      for (let i = 1; i < cuts.length; i++) uuid.add(name, cuts[i - 1], cuts[i])
      uuid.finish(out, 0)
      writeUuidText(out, 0, text, 0)
      assert.strictEqual(new TextDecoder().decode(text), v5(name, v5.DNS), `seed ${seed}`)
    }
  })
})
