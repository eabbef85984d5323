import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import type { Tree } from "../../src/expression/Tree.ts"
import { Rule } from "../../src/plan/Rule.ts"

const when: Tree = {
  kind: "call",
  function: "=",
  arguments: [
    { kind: "column", name: "type", type: "text" },
    { kind: "literal", value: "login", type: "text" }
  ],
  type: "bool"
}

const rules: ReadonlyArray<Rule> = [
  { rule: "end", when },
  { rule: "start", when },
  { rule: "gap", gap: { kind: "literal", value: "1800000000", type: "interval" }, boundary: "merge" },
  { rule: "gap", gap: { kind: "column", name: "limit", type: "interval" }, boundary: "split" },
  { rule: "max_duration", micros: 86_400_000_000, boundary: "split" },
  { rule: "max_events", count: 500 },
  { rule: "change", column: "device", from_null: "keep" },
  { rule: "midnight", timezone: "Europe/Berlin" }
]

const decode = Schema.decodeUnknownSync(Rule)

describe("a rule", () => {
  it.each(rules.map((rule) => [rule.rule, rule] as const))("%s goes through JSON and back unchanged", (_, rule) => {
    assert.deepStrictEqual(decode(JSON.parse(JSON.stringify(rule))), rule)
  })

  it.each([
    { rule: "gap", micros: 1, boundary: "merge" },
    { rule: "max_events", count: 1.5 },
    { rule: "change", column: "a", from_null: "maybe" },
    { rule: "noon", timezone: "UTC" }
  ])("that no plan has is refused: %j", (rule) => {
    assert.throws(() => decode(rule))
  })
})
