import { assert, describe, it } from "@effect/vitest"
import * as Schema from "effect/Schema"
import { Plan } from "../../src/plan/Plan.ts"
import { everything, everythingRows } from "../support/everything.ts"
import { planOf, runPlan } from "../support/runSpec.ts"

const throughJson = (plan: Plan): Plan =>
  Schema.decodeUnknownSync(Plan)(JSON.parse(JSON.stringify(Schema.encodeSync(Plan)(plan))))

const tables = [
  "sessions",
  "events",
  "users",
  "duplicates",
  "daily",
  "pages",
  "next",
  "weeks",
  "way",
  "way_entered",
  "back"
]

describe("a plan", () => {
  const plan = planOf(everything)

  it("goes through JSON and back unchanged", () => {
    assert.deepStrictEqual(throughJson(plan), plan)
    const least = planOf("event: { user: u, time: t }")
    assert.deepStrictEqual(throughJson(least), least)
  })

  it("that came back gives the same result", () => {
    const before = runPlan(plan, everythingRows)
    const after = runPlan(throughJson(plan), everythingRows)
    for (const name of tables) assert.deepStrictEqual(after.table(name), before.table(name), name)
    assert.deepStrictEqual(after.rejects, before.rejects)
    assert.strictEqual(before.rejects.length, 3)
    assert.strictEqual(before.table("sessions").length, 4)
    assert.strictEqual(before.table("duplicates").length, 1)
  })

  it("is the same whenever it is made", () => {
    assert.deepStrictEqual(planOf(everything), plan)
  })

  it("of another version, or with anything missing, is refused", () => {
    const encoded = Schema.encodeSync(Plan)(plan)
    assert.throws(() => Schema.decodeUnknownSync(Plan)({ ...encoded, version: 2 }))
    for (const key of Object.keys(encoded)) {
      const { [key as keyof typeof encoded]: _, ...rest } = encoded
      assert.throws(() => Schema.decodeUnknownSync(Plan)(rest), key)
    }
  })
})
