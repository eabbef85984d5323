import { assert, describe, it } from "@effect/vitest"
import type { Finding } from "@sojourn/core"
import { findingLines, findingsText, findingText } from "../src/FindingsText.ts"
import { styleFor } from "../src/Style.ts"

const finding: Finding = {
  check: "c",
  table: "events",
  input: null,
  severity: "error",
  outcome: "failed",
  value: 3,
  threshold: "at most 0",
  n: 10,
  message: "3 of 10 rows fail, expected at most 0",
  samples: []
}
const plain = styleFor({}, {})

describe("findingsText", () => {
  it("counts what there is", () => {
    const of = (...outcomes: ReadonlyArray<Finding["outcome"]>) =>
      findingsText(outcomes.map((outcome) => ({ ...finding, outcome })))
    assert.strictEqual(of("passed", "passed"), "2 passed")
    assert.strictEqual(of("warning"), "0 passed, 1 warning")
    assert.strictEqual(of("failed", "warning", "warning", "passed"), "1 passed, 2 warnings, 1 failed")
  })
})

describe("findingText", () => {
  it("tells the table, or the input, or neither", () => {
    assert.strictEqual(findingText(finding), "c (events): 3 of 10 rows fail, expected at most 0")
    assert.match(findingText({ ...finding, table: null, input: "a.csv" }), /^c \(a\.csv\): /)
    assert.match(findingText({ ...finding, table: null }), /^c: /)
  })
})

describe("findingLines", () => {
  it("has failures before warnings, with up to three rows of each, and nothing that passed", () => {
    const samples = [1, 2, 3, 4].map((n) => ({ user: "u\u001b[31m", n, x: null }))
    const lines = findingLines(
      [
        { ...finding, outcome: "passed" },
        { ...finding, check: "w", outcome: "warning" },
        { ...finding, samples }
      ],
      plain
    )
    assert.strictEqual(
      lines.join("\n"),
      [
        "failed   c (events): 3 of 10 rows fail, expected at most 0",
        ...[1, 2, 3].map((n) => `         user u [31m, n ${n}, x null`),
        "warning  w (events): 3 of 10 rows fail, expected at most 0"
      ].join("\n")
    )
  })

  it("shows twenty of many", () => {
    const lines = findingLines(
      Array.from({ length: 33 }, () => finding),
      plain
    )
    assert.deepStrictEqual([lines.length, lines.at(-1)], [21, "and 13 more"])
  })
})
