import { assert, describe, it } from "@effect/vitest"
import { token } from "../support/records.ts"
import { runSpec } from "../support/runSpec.ts"

const t = "2024-07-10T10:00:00Z"
type Fields = Readonly<Record<string, unknown>>

/** What is removed, as `event repeats first_event`, with `!` where they conflict. */
const removed = (dedupe: string, rows: ReadonlyArray<Fields>, more = ""): ReadonlyArray<string> =>
  runSpec(`event: { id: id, user: u, time: t, type: type, columns: { a: a } }\n${dedupe}\n${more}`, rows)
    .table("duplicates")
    .map(({ conflicting, event, first_event }) => `${event} repeats ${first_event}${conflicting === true ? "!" : ""}`)

const row = (fields: Fields): Fields => ({ u: "x", t, ...fields })

describe("dedupe", () => {
  it("by id is the default where an id is mapped: user and id", () => {
    const rows = [
      row({ id: 1 }),
      row({ id: 1, a: 2 }),
      row({ id: 1, u: "y" }),
      row({ id: "1" }),
      row({ id: token("1.0") })
    ]
    assert.deepStrictEqual(removed("", rows), ["2 repeats 1!", "4 repeats 1"])
    assert.deepStrictEqual(removed("dedupe: id", rows), removed("", rows))
  })

  it("never takes a null in the key for a duplicate", () => {
    const rows = [row({}), row({}), row({ id: null }), row({ id: " " })]
    assert.deepStrictEqual(removed("dedupe: id", rows), [])
    assert.deepStrictEqual(removed("dedupe: [time, a]", rows), [])
    assert.deepStrictEqual(removed("dedupe: [time]", rows), ["2 repeats 1", "3 repeats 1", "4 repeats 1"])
  })

  it("by record is the default where no id is mapped: all fields as written, mapped or not, in any order", () => {
    const rows = [
      { u: "x", t, other: 1 },
      { other: 1, t, u: "x" },
      { u: "x", t, other: 2 },
      { u: "x", t: "2024-07-10T10:00:00.0Z", other: 1 },
      { u: "x", t, other: 1, more: null }
    ]
    const { table } = runSpec("event: { user: u, time: t }", rows)
    assert.deepStrictEqual(
      table("duplicates").map(({ event, first_event }) => [event, first_event]),
      [[2, 1]]
    )
    assert.deepStrictEqual(removed("dedupe: record", rows), ["2 repeats 1"])
  })

  it("by columns compares values: two spellings of one instant are equal, and roles are known by name", () => {
    const rows = [
      row({ type: "v" }),
      row({ type: "v", t: "2024-07-10T12:00:00.000+02:00", a: "new" }),
      row({ type: "v", t: "2024-07-10T10:00:00.000001Z" }),
      row({ type: "V" }),
      row({ type: "v", u: "y" })
    ]
    assert.deepStrictEqual(removed("dedupe: [user, time, type]", rows), ["2 repeats 1!"])
    assert.deepStrictEqual(removed("dedupe: [t, type]", rows), ["2 repeats 1!"])
  })

  it("by none removes nothing", () => {
    assert.deepStrictEqual(removed("dedupe: none", [row({ id: 1 }), row({ id: 1 })]), [])
  })

  it("keeps the first in order, not in position", () => {
    const rows = [
      row({ id: 1, type: "b" }),
      row({ id: 1, type: "a" }),
      row({ id: 1, t: "2024-07-10T09:00:00Z", type: "c" })
    ]
    assert.deepStrictEqual(removed("dedupe: [id]", rows), ["1 repeats 3!", "2 repeats 3!"])
    assert.deepStrictEqual(removed("dedupe: [id]", rows.slice(0, 2), "order: [type]"), ["1 repeats 2!"])
  })

  it("counts as conflicting what differs in any mapped column outside the key, also in null or not", () => {
    const first = row({ id: 1, a: "x", type: "k" })
    for (const other of [{ a: "y" }, { a: null }, { type: "l" }, { t: "2024-07-10T10:00:01Z" }]) {
      assert.deepStrictEqual(removed("dedupe: id", [first, { ...first, ...other }]), ["2 repeats 1!"])
    }
    assert.deepStrictEqual(removed("dedupe: id", [first, { ...first, unmapped: 1 }]), ["2 repeats 1"])
  })

  it("writes a mapped column with the name of one of its own as record.…", () => {
    const body = "event: { user: u, time: t, columns: { source: s, event: e } }\ndedupe: [time]"
    const [duplicate] = runSpec(body, [row({ s: "a", e: "b" }), row({ s: "c", e: "d" })]).table("duplicates")
    assert.deepStrictEqual(duplicate, {
      source: "events.json",
      event: 2,
      first_source: "events.json",
      first_event: 1,
      conflicting: true,
      u: "x",
      t,
      "record.source": "c",
      "record.event": "d"
    })
  })
})
