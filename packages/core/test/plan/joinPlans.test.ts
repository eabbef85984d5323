import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { joinPlans } from "../../src/plan/joinPlans.ts"
import { makePlan } from "../../src/plan/makePlan.ts"
import type { Plan } from "../../src/plan/Plan.ts"
import { readSpecs } from "../../src/spec/readSpec.ts"
import { noValues } from "../support/runSpec.ts"

const event = "event: { user: user, time: time, type: type }"
const source = "source: { uri: data/raw/*.csv }"

/** The plans of steps with these bodies. */
const plansOf = (...bodies: ReadonlyArray<string>): ReadonlyArray<Plan> => {
  const steps = bodies.map((body, i) => `  s${i}: { ${body} }\n`).join("")
  const read = Result.getOrThrow(readSpecs("spec.yaml", `version: 1\nname: test\nsteps:\n${steps}`, noValues))
  return read.map((one) => Result.getOrThrow(makePlan(one)))
}

/** How many of the plans are joined. */
const joinedOf = (...bodies: ReadonlyArray<string>) => joinPlans(plansOf(...bodies)).map(({ parts }) => parts.length)

const plain = (more: string) => `${source}, ${event}, ${more}`
const rejects = plain("outputs: { rejects: { uri: bad/r.csv } }")
const events = plain("outputs: { events: { uri: out/e.csv } }")

describe("plans that follow one another", () => {
  it("are one where they take the same events, with the tables and outputs of all", () => {
    const counts = (name: string, key: string) =>
      `tables: { ${name}: { from: events, by: [${key}], columns: { n: count(*) } } }, outputs: { ${name}: { uri: out/${name}.csv } }`
    const plans = plansOf(rejects, plain(counts("types", "type")), plain(counts("users", "user")))
    const [{ parts, plan }, ...others] = joinPlans(plans)
    assert.isEmpty(others)
    assert.deepStrictEqual(parts, plans)
    assert.deepStrictEqual(
      plan.write,
      plans.flatMap(({ write }) => write)
    )
    assert.deepStrictEqual(
      plan.tables.map(({ name }) => name),
      ["types", "users"]
    )
    const { tables: _, write: __, ...rest } = plan
    const { tables: ___, write: ____, ...first } = plans[0]
    assert.deepStrictEqual(rest, first)
  })

  it.each<readonly [string, ReadonlyArray<string>, ReadonlyArray<number>]>([
    ["the same again and again", [rejects, events, rejects], [3]],
    ["other inputs", [rejects, events.replace("raw", "new")], [1, 1]],
    ["other columns", [rejects, events.replace("type: type", "type: kind")], [1, 1]],
    ["other duplicates", [rejects, plain("dedupe: [user], outputs: { events: { uri: e.csv } }")], [1, 1]],
    ["sessions", [rejects, plain("sessions: { gap: 30m }, outputs: { sessions: { uri: s.csv } }")], [1, 1]],
    ["neighbours only", [rejects, events.replace("raw", "new"), rejects], [1, 1, 1]],
    ["a check, at the end", [rejects, plain("checks: [{ name: typed, on: events, not_null: [type] }]")], [2]],
    ["a check, before", [plain("checks: [{ name: typed, on: events, not_null: [type] }]"), rejects], [1, 1]],
    ["inputs, before", [plain("outputs: { inputs: { uri: i.csv } }"), rejects], [2]],
    ["a console, before", [`${rejects}, console: { summary: [summary] }`, events], [1, 1]],
    ["one name, two tables", [1, 2].map((n) => plain(`tables: { t: { from: events, limit: ${n} } }`)), [1, 1]],
    ["one name, one table", [1, 1].map((n) => plain(`tables: { t: { from: events, limit: ${n} } }`)), [2]]
  ])("%s", (_, bodies, expected) => {
    assert.deepStrictEqual(joinedOf(...bodies), expected)
  })

  it.each([
    ["data/raw/r.csv", [1, 1]],
    ["./data//raw/r.csv", [1, 1]],
    ["data/out/../raw/r.csv", [1, 1]],
    ["data", [1, 1]],
    // Where the current directory is, is not known.
    ["/data/r.csv", [1, 1]],
    ["data/raw2/r.csv", [2]],
    ["bad/r.csv", [2]]
  ])("are not joined where one may write what the next one reads: %s", (uri, expected) => {
    assert.deepStrictEqual(joinedOf(plain(`outputs: { rejects: { uri: ${uri}, format: csv } }`), events), expected)
  })
})
