import { makePlan, readParams, readSpec } from "@sojourn/core"
import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { readdirSync, readFileSync } from "node:fs"
import { recipesFolder } from "../src/index.ts"

const files = readdirSync(recipesFolder)
const textOf = (file: string) => readFileSync(new URL(file, recipesFolder), "utf8")

describe("every recipe", () => {
  for (const file of files) {
    it(`${file} becomes a plan when every param is given, and its name is the file's`, () => {
      const text = textOf(file)
      const params = Result.getOrThrow(readParams(file, text))
      const given = Object.fromEntries(Object.keys(params).map((name) => [name, `${name}.csv`]))
      const read = Result.getOrThrow(readSpec(file, text, { params: given, env: {} }))
      const plan = Result.getOrThrow(makePlan(read))
      assert.strictEqual(`${plan.name}.yaml`, file)
      assert.isAbove(plan.write.length, 0)
    })

    it(`${file} describes itself and each of its params, in lines of at most 120 characters`, () => {
      const text = textOf(file)
      assert.match(text, /^description: \S/m)
      for (const [name, { description }] of Object.entries(Result.getOrThrow(readParams(file, text)))) {
        assert.isDefined(description, name)
      }
      for (const line of text.split("\n")) assert.isAtMost(line.length, 120)
    })
  }
})

describe("event-sessions", () => {
  const planOf = (params: Readonly<Record<string, string>>) =>
    Result.getOrThrow(
      makePlan(Result.getOrThrow(readSpec("event-sessions.yaml", textOf("event-sessions.yaml"), { params, env: {} })))
    )

  it("writes the skipped events only where it is told to", () => {
    const tables = (params: Readonly<Record<string, string>>) => planOf(params).write.map(({ table }) => table)
    assert.deepStrictEqual(tables({ input: "events.json" }), ["sessions"])
    assert.deepStrictEqual(tables({ input: "events.json", skips_out: "skipped.csv" }), ["sessions", "rejects"])
  })

  it("cuts nothing and compares events by user, time and type", () => {
    const plan = planOf({ input: "events.json" })
    assert.deepStrictEqual(plan.sessionize?.rules, [])
    assert.deepStrictEqual(plan.dedupe, { key: "columns", columns: ["user_id", "event_time", "event_type"] })
  })
})
