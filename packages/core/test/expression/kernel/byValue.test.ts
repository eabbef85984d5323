import { assert, describe, it } from "@effect/vitest"
import { byValue } from "../../../src/expression/kernel/byValue.ts"
import { textAt, toText } from "../../../src/expression/kernel/Kernel.ts"
import { Texts } from "../../../src/expression/Texts.ts"
import { textsOf, type Values } from "../../../src/expression/Values.ts"

const texts = Texts.ofStrings(["a", "b"])
const column = (codes: ReadonlyArray<number>): Values => textsOf(Int32Array.from(codes), texts, -1)
const constant = textsOf(Int32Array.of(1), texts, 0)

/** Joins texts; says how often, and what came out. */
const run = (inputs: ReadonlyArray<Values>, rows: number) => {
  let calls = 0
  const kernel = toText((parts) => {
    const text = parts.map(textAt)
    return (row) => {
      calls++
      return text.map((one) => one(row)).join("")
    }
  })
  const values = byValue(kernel)(inputs, rows)
  const out = Array.from({ length: rows }, (_, row) => {
    const code = values.kind === "text" ? values.codes[row & values.mask] : -1
    return code < 0 || values.kind !== "text" ? null : values.texts.text(code)
  })
  return { calls, out }
}

describe("byValue", () => {
  it("computes each text of the dictionary once, null beside", () => {
    assert.deepStrictEqual(run([column([0, 1, -1, 1, 0])], 5), { calls: 2, out: ["a", "b", null, "b", "a"] })
  })

  it("does so beside constants, and where the same column comes twice", () => {
    const same = column([0, 1, -1, 1, 0])
    assert.deepStrictEqual(run([same, constant], 5), { calls: 2, out: ["ab", "bb", null, "bb", "ab"] })
    assert.deepStrictEqual(run([same, same], 5), { calls: 2, out: ["aa", "bb", null, "bb", "aa"] })
  })

  it("computes row by row where that is less, or two columns vary", () => {
    assert.deepStrictEqual(run([column([1, 1])], 2), { calls: 2, out: ["b", "b"] })
    assert.deepStrictEqual(run([column([0, 1, 1, 0]), column([0, 0, 1, 1])], 4), {
      calls: 4,
      out: ["aa", "ba", "bb", "ab"]
    })
  })

  it("computes a constant once", () => {
    assert.deepStrictEqual(run([constant, constant], 3), { calls: 1, out: ["bb", "bb", "bb"] })
  })
})
