import { assert, describe, it } from "@effect/vitest"
import { firstOperands, normalised } from "../src/Arguments.ts"

const vocabulary = {
  commands: ["sessions", "run"],
  rootFlags: ["--help", "-h"],
  exists: (path: string) => path === "events"
}
const check = (line: string, expected: string) =>
  assert.strictEqual(normalised(line.split(" "), vocabulary).join(" "), expected)

describe("normalised", () => {
  it("reads _ in the names of flags as -, not in values nor after --", () => {
    check("run x --skips_out a_b", "run x --skips-out a_b")
    check("run x --skips_out=a_b", "run x --skips-out=a_b")
    check("run x -- --a_b", "run x -- --a_b")
  })

  it("takes files and flags first as sessions", () => {
    check("e.csv --gap 1h", "sessions e.csv --gap 1h")
    check("events", "sessions events")
    check("-", "sessions -")
    check("--max_rejects 5 e.csv", "sessions --max-rejects 5 e.csv")
    check("--gap=5m e.csv", "sessions --gap=5m e.csv")
  })

  it("leaves commands, flags of the whole and mistyped words", () => {
    for (const line of ["run e.csv", "--help", "-h", "evnts", "--gap 5m run x"]) check(line, line)
  })
})

describe("firstOperands", () => {
  it("has the word after each flag that may take a value, and then the first one that is no value", () => {
    const found = (line: string) =>
      firstOperands(line.split(" "), ["--quiet", "-q"]).map(({ after, word }) => [after, word].join(" ").trim())
    assert.deepStrictEqual(found("--input a.csv spec.yaml"), ["--input a.csv", "spec.yaml"])
    assert.deepStrictEqual(found("--input=a.csv spec.yaml"), ["spec.yaml"])
    assert.deepStrictEqual(found("--quiet -q spec.yaml"), ["spec.yaml"])
    assert.deepStrictEqual(found("-n 5 spec.yaml --x"), ["-n 5", "spec.yaml"])
    assert.deepStrictEqual(found("--quiet -- --odd"), ["--odd"])
    assert.deepStrictEqual(found("--by-hour --least -5 a.yaml"), ["--least -5", "a.yaml"])
    assert.deepStrictEqual(found("--by-hour -- a.yaml"), ["a.yaml"])
    assert.deepStrictEqual(found("--input a.csv"), ["--input a.csv"])
    assert.deepStrictEqual(found("--quiet"), [])
  })
})
