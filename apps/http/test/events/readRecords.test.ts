import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { readRecords } from "../../src/events/readRecords.ts"

const bounds = { recordBytes: 200, nesting: 5 }
const read = (body: string, kind: "json" | "lines" = "json") => readRecords(body, kind, "id", bounds)

describe("readRecords", () => {
  it.prop(
    "takes an array apart as JSON.parse does, however it is spaced, and keeps every record on a line",
    [
      Schema.Array(
        Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite, Schema.Array(Schema.String)]))
      ),
      Schema.Boolean
    ],
    ([values, isSpaced]) => {
      const events = values.map((value, i) => ({ ...value, id: `e${i}` }))
      const body = JSON.stringify(events, null, isSpaced ? 2 : 0)
      const found = readRecords(body, "json", "id", { recordBytes: 1e6, nesting: 5 })
      assert.isTrue("records" in found)
      if (!("records" in found)) return
      assert.deepStrictEqual(
        found.records.map(({ text }) => JSON.parse(text) as unknown),
        JSON.parse(body) as ReadonlyArray<unknown>
      )
      assert.isTrue(found.records.every(({ id, text }, i) => id === `e${i}` && !/[\r\n]/.test(text)))
    }
  )

  it("keeps digits as they are written", () => {
    const event = '{"id":12345678901234567890,"x":1.10,"y":9007199254740993}'
    const found = read(`[${event}]`)
    assert.deepStrictEqual("records" in found && found.records.map(({ text }) => text), [event])
  })

  it.each([
    ["[]", 0],
    [" [ ] ", 0],
    ['{"id":1}', 1],
    ['[{"id":"a]\\"},{"}, {"id":2}]', 2]
  ])("reads %s", (body, count) => {
    const found = read(body)
    assert.strictEqual("records" in found ? found.records.length : found.faults, count)
  })

  it.each([
    ["", 1, undefined, /^no valid JSON/],
    ["[1]", 1, undefined, /^expected an object/],
    ["null", 1, undefined, /^expected an object/],
    ['[{"id":1},]', 2, undefined, /^no valid JSON/],
    ['[{"id":1}{"id":2}]', 1, undefined, /^no valid JSON/],
    ['[{"id":1}]]', 1, undefined, /^no valid JSON/],
    ['[{"id":1},{"x":1}]', 2, "id", /^the id is missing/],
    ['[{"__proto__":{"id":1}}]', 1, "id", /^the id is missing/],
    ['[{"id":true}]', 1, "id", /^expected a text or a number/],
    ['[{"id":1,"x":[[[[[1]]]]]}]', 1, undefined, /^nested deeper than 5/],
    [`[{"id":1},{"id":2,"x":"${"x".repeat(200)}"}]`, 2, undefined, /^longer than 200 bytes/],
    [`[{"id":1},{"id":2,"x":"${"é".repeat(95)}"}]`, 2, undefined, /^longer than 200 bytes/]
  ])("says of %s which record is at fault", (body, record, field, message) => {
    const found = read(body)
    assert.isTrue("faults" in found)
    if (!("faults" in found)) return
    const [fault] = found.faults
    assert.deepStrictEqual([fault.record, fault.field], [record, field])
    assert.match(fault.message, message)
  })

  it("says all faults of lines, by their number among the records", () => {
    const found = read('{"id":1}\n\n{"id":2\r\n{"x":1}\n', "lines")
    const faults = "faults" in found ? found.faults.map(({ record }) => record) : []
    assert.deepStrictEqual(faults, [2, 3])
  })
})
