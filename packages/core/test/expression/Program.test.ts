import { assert, describe, it } from "@effect/vitest"
import { kernels } from "../../src/expression/kernel/kernels.ts"
import { functions, sharing } from "../../src/expression/Functions.ts"
import { compileProgram } from "../../src/expression/Program.ts"
import { types } from "./columns.ts"
import { checked, scopeOf } from "./evaluate.ts"

const programOf = (text: string) => compileProgram(checked(text, scopeOf(types)).tree, new Map([["KEY", "x"]]), "UTC")

describe("compileProgram", () => {
  it("makes equal parts one step", () => {
    // t, lower, 'a', =, 'b', =, or
    assert.strictEqual(programOf("lower(t) = 'a' or lower(t) = 'b'").steps.length, 7)
    // The same name as a column, a parameter, a text and of another type are not equal.
    assert.strictEqual(programOf("concat(t, 't', ${KEY}, 'KEY')").steps.length, 5)
    assert.strictEqual(programOf("concat(null, 'null') = '1' or i = 1 or d = 1.0").steps.length, 13)
  })

  it("lets values go after their last use, and never before", () => {
    const { steps } = programOf("lower(t) = 'a' or (lower(t) = 'b' and i = i and i + i > i)")
    const released = new Set<number>()
    for (const { inputs, last } of steps) {
      for (const input of inputs) assert.isFalse(released.has(input))
      for (const input of last) released.add(input)
    }
    assert.strictEqual(released.size, steps.length - 1)
  })

  it("knows how to compute every function that can be written", () => {
    const missing = [...functions.keys(), ...sharing.keys()].filter((name) => !kernels.has(name))
    assert.deepStrictEqual(missing, [])
  })
})
