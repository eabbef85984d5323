import { assert, describe, it } from "@effect/vitest"
import { numberText } from "../../src/engine/shownValues.ts"

describe("a number for a person", () => {
  it.each<readonly [number, string]>([
    [0, "0"],
    [-1200, "-1,200"],
    [1e21, "1,000,000,000,000,000,000,000"],
    [0.05813953488, "0.0581395"],
    [1234.5678, "1,234.57"],
    [0.000001, "0.000001"],
    [5.606709206112678e-26, "5.60671e-26"],
    [-9.99999999e-7, "-0.000001"]
  ])("%d is %s", (value, text) => {
    assert.strictEqual(numberText(value), text)
  })
})
