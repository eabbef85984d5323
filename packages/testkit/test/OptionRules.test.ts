import { pluginOptions } from "@sojourn/core"
import * as Schema from "effect/Schema"
import { assert, describe, it } from "vitest"
import { optionRules, type OptionSubject, RuleBroken } from "../src/index.ts"

const described = Schema.Struct({ rows: Schema.optionalKey(Schema.Int.annotate({ description: "Rows." })) })
const right: OptionSubject = {
  plugin: pluginOptions(described),
  right: [{}, { rows: 1 }],
  wrong: [{ rows: "1" }, { rows: 1.5 }]
}

const broken: ReadonlyArray<OptionSubject> = [
  { ...right, right: [{ rows: "1" }] },
  {
    ...right,
    plugin: pluginOptions(
      Schema.Struct({ rows: Schema.optionalKey(Schema.Unknown.annotate({ description: "Rows." })) })
    )
  },
  { ...right, plugin: pluginOptions(Schema.Struct({ rows: Schema.optionalKey(Schema.Int) })) }
]

describe("the rules for options", () => {
  for (const [i, rule] of optionRules.entries()) {
    it(`${rule.name}: right ones pass, and others are caught`, () => {
      void rule.check(right)
      assert.throws(() => rule.check(broken[i]), RuleBroken)
    })
  }
})
