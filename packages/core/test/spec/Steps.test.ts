import { assert, describe, it } from "@effect/vitest"
import * as Result from "effect/Result"
import { makePlan } from "../../src/plan/makePlan.ts"
import { readSpecs, type SpecValues, stepNames } from "../../src/spec/readSpec.ts"
import { noValues } from "../support/runSpec.ts"

const head = `version: 1
name: stepped
params: { input: { optional: true }, data: { default: d } }
timezone: Europe/Berlin
event: { user: u, time: t }
steps:
`

const read = (steps: string, values: Partial<SpecValues> = {}) =>
  Result.getOrThrow(readSpecs("s.yaml", head + steps, { ...noValues, ...values }))

const problems = (text: string) => {
  const all = readSpecs("s.yaml", text, noValues)
  if (Result.isFailure(all)) return all.failure.message.split("\n")
  return all.success.flatMap((one) => {
    const plan = makePlan(one)
    return Result.isFailure(plan) ? plan.failure.message.split("\n") : []
  })
}

const steps = `  first:
    source: { uri: { param: input } }
    outputs: { events: { uri: "\${data}/events.csv" } }
  second:
    source: { uri: "\${data}/events.csv" }
    event: { user: who, time: t }
    timezone: UTC
    outputs: { events: { uri: two.csv } }
`

describe("steps", () => {
  it("are specs in order, with what stands beside them unless they say it themselves", () => {
    const [first, second] = read(steps, { params: { input: "a.csv", data: "x" } })
    assert.deepStrictEqual([first.step, second.step], ["first", "second"])
    assert.deepStrictEqual([first.spec.event.user, second.spec.event.user], ["u", "who"])
    assert.deepStrictEqual([first.spec.timezone, second.spec.timezone], ["Europe/Berlin", "UTC"])
    assert.deepStrictEqual([first.spec.source?.uri, second.spec.source?.uri], ["a.csv", "x/events.csv"])
    assert.strictEqual(first.spec.name, second.spec.name)
    assert.deepStrictEqual(stepNames("s.yaml", head + steps), ["first", "second"])
    assert.deepStrictEqual(stepNames("s.yaml", "version: 1"), [])
    assert.deepStrictEqual(stepNames("s.yaml", "- : ["), [])
  })

  it("are left out where their source is a param that was not given", () => {
    assert.deepStrictEqual(
      read(steps).map(({ step }) => step),
      ["second"]
    )
  })

  it("tell the place of a mistake, in the step or beside it, once", () => {
    assert.deepStrictEqual(
      problems(
        `${head.replace("u, time", "u, tyme")}  a: { source: { url: x } }\n  b: { source: { uri: y }, outputs: { nothing: { uri: z } } }\n`
      ),
      [
        's.yaml:5:19: unknown "tyme" (did you mean "time"?); expected id, user, time, time_format, timezone, type, columns, enrich, where, strict, required, allowed, time_range or null_values',
        's.yaml:7:18: unknown "url" (did you mean "uri"?); expected uri, format, fields or partition'
      ]
    )
    assert.deepStrictEqual(problems(`${head}  a: { source: { uri: y }, outputs: { nothing: { uri: z } } }\n`), [
      's.yaml:7:39: no table "nothing"; expected events, duplicates, rejects or inputs'
    ])
    assert.deepStrictEqual(problems(`${head}  a: { outputs: {} }\n`), ['s.yaml:7:6: missing "source"'])
  })

  it.each([
    ["no steps", "", "6:7: expected a map of steps, found nothing"],
    ["an empty map", "  {}", "7:3: expected a map of steps, found an empty one"],
    [
      "a step that is a text",
      "  a: b",
      '7:6: expected a map such as { source: { uri: events.csv }, event: { user: user_id } }, found "b"'
    ],
    [
      "what all steps share",
      "  a: { source: { uri: x }, params: {} }",
      '7:28: "params" is said of all steps, beside "steps"'
    ],
    ["steps in steps", "  a: { steps: {} }", '7:8: "steps" is said of all steps, beside "steps"']
  ])("are told what is wrong with them: %s", (_, text, problem) => {
    assert.deepStrictEqual(problems(head + text), [`s.yaml:${problem}`])
  })
})
