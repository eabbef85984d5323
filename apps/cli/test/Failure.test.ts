import { assert, describe, it } from "@effect/vitest"
import { AccountingBroken, assertBalanced, CannotGuess, IntegerOverflow, PluginError, SpecError } from "@sojourn/core"
import { SpecNotFound } from "@sojourn/node"
import * as Cause from "effect/Cause"
import { explain, ThresholdPassed, UsageError } from "../src/Failure.ts"

const said = (error: unknown) => explain(Cause.fail(error))

describe("explain", () => {
  it("has an exit code for every kind of failure, and no stack for what is no defect", () => {
    const plugin = (reason: PluginError["reason"]) =>
      new PluginError({ plugin: "p", reason, message: "it failed", hint: "do this" })
    const codes: ReadonlyArray<readonly [unknown, number]> = [
      [new UsageError({ message: "m" }), 2],
      [new CannotGuess({ message: "m", hint: "h" }), 2],
      [new SpecNotFound({ message: "m" }), 2],
      [new SpecError({ file: "a.yaml", problems: [{ line: 1, column: 2, message: "m" }] }), 2],
      [plugin("Config"), 2],
      [new ThresholdPassed({ message: "m" }), 1],
      [plugin("NotFound"), 3],
      [plugin("Unsupported"), 3],
      [plugin("Data"), 3],
      [plugin("Internal"), 3],
      [new IntegerOverflow({ column: "c" }), 3]
    ]
    for (const [error, code] of codes) {
      const explained = said(error)
      assert.strictEqual(explained.code, code, String(error))
      assert.notMatch(explained.text, /\n\s+at /)
    }
    assert.strictEqual(said(plugin("Data")).text, "sojourn: it failed\n  do this")
    assert.strictEqual(
      said(new SpecError({ file: "a.yaml", problems: [{ line: 1, column: 2, message: "m" }] })).text,
      "a.yaml:1:2: m"
    )
  })

  it("ends with 70 when the records do not add up, and for any other defect", () => {
    const accounting = {
      read: 3,
      accepted: 1,
      rejected: 1,
      filtered: 0,
      unique: 1,
      duplicates: 0,
      in_sessions: 1,
      outside: 0,
      late: 0
    }
    assert.throws(() => assertBalanced(accounting, 0), AccountingBroken)
    for (const error of [new AccountingBroken("the records do not add up"), new TypeError("x is undefined")]) {
      const { code, text } = explain(Cause.die(error))
      assert.strictEqual(code, 70)
      assert.include(text, "a defect in Sojourn, please report it")
      assert.include(text, error.message)
    }
  })
})
