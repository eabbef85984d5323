import { assert, describe, it } from "@effect/vitest"
import { column, tableOf } from "../support/table.ts"
import { evaluate, type Types } from "./evaluate.ts"

const types: Types = { t: "text", u: "text", i: "int64", d: "double", ts: "timestamp", day: "date", v: "text" }

const batch = tableOf({
  t: column.text(["1", "x", null, "1", "3", "y"]),
  u: column.text(["a", "a", "a", "2", "b", "4"]),
  i: column.int64([1n, 9_223_372_036_854_775_807n, null, -9_223_372_036_854_775_808n, 0n, 2n]),
  d: column.double([1, 1e19, null, -1e19, 9.3e18, -0.5]),
  ts: column.timestamp([0n, 253_402_300_799_000_000n, null, -62_135_596_800_000_000n, 1n, 2n]),
  day: column.date([0, 1, null, 2, 2_932_896, 3]),
  v: column.text(["1 day", "1 hour", "1 day", "1s", "1 day", "-1 day"])
})

/** Rows that fail, with the reason and the column of each. */
const failures = (expression: string) => {
  const { failed, values } = evaluate(expression, batch, types)
  if (failed !== undefined) {
    assert.deepStrictEqual([failed.reason, failed.column], [failed.causes[0].reason, failed.causes[0].column])
    assert.strictEqual(failed.causes.length, failed.rows.length)
  }
  return {
    values,
    failed: Array.from(failed?.rows ?? [], (row, i) => {
      const { column: name, reason } = failed?.causes[i] ?? {}
      return `${row} ${String(name)}: ${String(reason)}`
    })
  }
}

describe("a cast that does not fit", () => {
  it("fails its rows, whose values are null, and names the column", () => {
    assert.deepStrictEqual(failures("t::int64"), {
      values: [1, null, null, 1, 3, null],
      failed: ["1 t: invalid int64", "5 t: invalid int64"]
    })
  })

  it("fails where the text comes from a computation, too", () => {
    assert.deepStrictEqual(failures("(t || u)::int64").failed, [
      "0 t: invalid int64",
      "1 t: invalid int64",
      "4 t: invalid int64",
      "5 t: invalid int64"
    ])
  })

  it("names the cast that failed, row by row", () => {
    assert.deepStrictEqual(failures("t::double + u::double"), {
      values: [null, null, null, 3, null, null],
      failed: [
        "0 u: invalid double",
        "1 t: invalid double",
        "2 u: invalid double",
        "4 u: invalid double",
        "5 t: invalid double"
      ]
    })
  })

  it("fails the row whatever is made of it", () => {
    assert.deepStrictEqual(failures("t::int64 is null").failed, ["1 t: invalid int64", "5 t: invalid int64"])
    assert.deepStrictEqual(failures("t::int64 in (1)").failed, ["1 t: invalid int64", "5 t: invalid int64"])
    assert.deepStrictEqual(failures("t::int64 is null").values, [false, null, true, false, false, null])
    assert.deepStrictEqual(failures("coalesce(t::int64, 0)").failed, ["1 t: invalid int64", "5 t: invalid int64"])
    assert.deepStrictEqual(failures("coalesce(t::int64, 0)").values, [1, null, 0, 1, 3, null])
  })

  it("says what was expected of the text", () => {
    const reasons = ["bool", "double", "date", "interval", "json"].map((type) => failures(`u::${type}`).failed[0])
    assert.deepStrictEqual(reasons, [
      "0 u: invalid bool",
      "0 u: invalid double",
      "0 u: invalid date",
      "0 u: invalid interval",
      "0 u: invalid json"
    ])
    assert.strictEqual(failures("u::timestamp").failed[0], "0 u: invalid ISO-8601")
  })

  it("is null without a failure with try_cast, which forgets no other failure", () => {
    assert.deepStrictEqual(failures("try_cast(t as int64)"), { values: [1, null, null, 1, 3, null], failed: [] })
    assert.deepStrictEqual(failures("try_cast(t::int64::text as bool)").failed, [
      "1 t: invalid int64",
      "5 t: invalid int64"
    ])
  })

  it("fails every row where it depends on none", () => {
    assert.deepStrictEqual(
      failures("'x'::int64").failed,
      [0, 1, 2, 3, 4, 5].map((row) => `${row} null: invalid int64`)
    )
  })
})

describe("a cast that a condition guards", () => {
  it("does not fail in a branch that is not taken", () => {
    assert.deepStrictEqual(failures("case when regexp_matches(t, '^[0-9]+$') then t::int64 else -1 end"), {
      values: [1, -1, -1, 1, 3, -1],
      failed: []
    })
    assert.deepStrictEqual(failures("case t when 'x' then 0 when 'y' then 0 else t::int64 end").failed, [])
    assert.deepStrictEqual(failures("case when t = 'x' then 0 when t::int64 = 1 then 1 end").failed, [
      "5 t: invalid int64"
    ])
    assert.deepStrictEqual(failures("case t::int64 when 1 then 'one' end").failed, [
      "1 t: invalid int64",
      "5 t: invalid int64"
    ])
    assert.deepStrictEqual(failures("case 3 when i then 1 when t::int64 then 2 end"), {
      values: [null, null, null, null, 2, null],
      failed: ["1 t: invalid int64", "5 t: invalid int64"]
    })
  })

  it("does not fail to the right of what decides", () => {
    assert.deepStrictEqual(failures("t <> 'x' and t <> 'y' and t::int64 = 1"), {
      values: [true, false, null, true, false, false],
      failed: []
    })
    assert.deepStrictEqual(failures("t in ('x', 'y') or t::int64 = 1"), {
      values: [true, true, null, true, false, true],
      failed: []
    })
    assert.deepStrictEqual(failures("t::int64 = 1 and t <> 'x'").failed, ["1 t: invalid int64", "5 t: invalid int64"])
    assert.deepStrictEqual(failures("coalesce(nullif(nullif(t, 'x'), 'y'), u)::text").failed, [])
    assert.deepStrictEqual(failures("coalesce(try_cast(t as int64), u::int64)").failed, [
      "1 u: invalid int64",
      "2 u: invalid int64"
    ])
  })
})

describe("a number beyond its type", () => {
  const overflow = (expression: string) => failures(expression).failed

  it("fails where an integer overflows", () => {
    assert.deepStrictEqual(overflow("i + 1"), ["1 i: integer overflow"])
    assert.deepStrictEqual(overflow("i - 1"), ["3 i: integer overflow"])
    assert.deepStrictEqual(overflow("1 - i"), ["3 i: integer overflow"])
    assert.deepStrictEqual(overflow("i * 2"), ["1 i: integer overflow", "3 i: integer overflow"])
    assert.deepStrictEqual(overflow("-i"), ["3 i: integer overflow"])
    assert.deepStrictEqual(overflow("abs(i)"), ["3 i: integer overflow"])
    assert.deepStrictEqual(overflow("i + 0"), [])
    assert.deepStrictEqual(failures("i - i").values, [0, 0, null, 0, 0, 0])
    assert.deepStrictEqual(failures("i % -1").values, [0, 0, null, 0, 0, 0])
  })

  it("fails where a double is no integer of 64 bits", () => {
    assert.deepStrictEqual(failures("d::int64"), {
      values: [1, null, null, null, null, -1],
      failed: [1, 3, 4].map((row) => `${row} d: double beyond int64`)
    })
  })

  it("fails where a time is outside the years 1 to 9999", () => {
    assert.deepStrictEqual(overflow("ts + interval '1s'"), ["1 ts: time out of range"])
    assert.deepStrictEqual(overflow("ts - interval '1us'"), ["3 ts: time out of range"])
    assert.deepStrictEqual(overflow("day + interval '1 day'"), ["4 day: not a date a whole number of days away"])
    assert.deepStrictEqual(
      overflow("to_timestamp(d)"),
      [1, 3, 4].map((row) => `${row} d: time out of range`)
    )
  })

  it("fails where a date is shifted by a part of a day", () => {
    assert.deepStrictEqual(failures("day + v::interval"), {
      values: ["1970-01-02", null, null, null, null, "1970-01-03"],
      failed: [1, 3, 4].map((row) => `${row} day: not a date a whole number of days away`)
    })
  })
})
