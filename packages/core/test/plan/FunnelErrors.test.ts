import { assert, describe, it } from "@effect/vitest"
import { errorOf } from "../support/errorOf.ts"
import { head } from "../support/runSpec.ts"

type Case = readonly [name: string, funnel: string, problems: ReadonlyArray<string>]

const steps = "steps: { a: type = 'x', b: type = 'y' }"

/** The funnel stands in line 6, from column 16. */
const specOf = (funnel: string, more = ""): string =>
  `${head}event: { user: u, time: t, type: kind }\n${more}tables:\n  f: { funnel: ${funnel} }\n`

describe("what is wrong with a funnel", () => {
  it.each<Case>([
    ["no steps", "{ window: 7d }", ['6:16: missing "steps"']],
    [
      "steps as a list",
      "{ steps: [a, b] }",
      ["6:25: expected a map such as { view: type = 'view', buy: type = 'buy' }, found a list"]
    ],
    ["one step", "{ steps: { a: u = u } }", ["6:25: a funnel has 2 to 30 steps, found 1"]],
    [
      "a number as a name",
      "{ steps: { a: u = u, 2: u = u } }",
      ["6:37: a step has a word as its name, not the number 2"]
    ],
    [
      "a step that is no condition",
      "{ steps: { a: kind, b: u = u } }",
      ["6:30: this needs bool, found text", "  compare it with something, as in x = 1"]
    ],
    [
      "an unknown column",
      "{ steps: { a: knd = 'x', b: u = u } }",
      ["6:30: unknown column knd", "  did you mean kind?"]
    ],
    [
      "a measure",
      "{ steps: { a: count(*) > 1, b: u = u } }",
      ["6:30: count is a measure, and there is no group of rows to measure here"]
    ],
    [
      "a step called like a column",
      "{ steps: { depth: u = u, u: u = u } }",
      ['6:27: "depth" is the name of a column that Sojourn adds', '6:41: "u" is the name of two columns']
    ],
    ["a column called like a step", `{ ${steps}, columns: { a: kind } }`, ['6:70: "a" is the name of two columns']],
    [
      "an unknown key",
      `{ ${steps}, windows: 7d }`,
      ['6:59: unknown "windows" (did you mean "window"?); expected steps, within, window, order, where or columns']
    ],
    [
      "a window that is none",
      `{ ${steps}, window: 7x }`,
      ['6:67: expected a duration such as 500ms, 45s, 30m, 1h, 1d or 1h30m, found "7x"']
    ],
    ["another order", `{ ${steps}, order: any }`, ['6:66: expected any_between or strict, found "any"']],
    [
      "within sessions that there are not",
      `{ ${steps}, within: session }`,
      ['6:67: there is no table of sessions: the spec has no "sessions"']
    ],
    [
      "another key beside it",
      "{ steps: { a: u = u, b: u = u } }, by: [u]",
      [
        '6:51: unknown "by"; expected funnel',
        "  its rows are chosen and ordered by a table from it: { from: f, by: … }"
      ]
    ],
    [
      "a table of two kinds",
      "{ steps: { a: u = u, b: u = u } }, from: events, where: u = u",
      [
        '6:8: unknown "funnel"; expected from, where, by, columns, having, order or limit',
        "  a table is of one kind: funnel: { … } has no key beside it"
      ]
    ]
  ])("%s", (_, funnel, problems) => {
    assert.deepStrictEqual(errorOf(specOf(funnel)), problems)
  })

  it("its table of those who entered is known to what comes after it", () => {
    const after = (more: string) => errorOf(specOf(`{ ${steps} }`) + more)
    assert.deepStrictEqual(after("  d: { from: f_entered, where: not completed, columns: { u: u, a: a } }\n"), [])
    assert.deepStrictEqual(
      after("outputs: { f_entered: { uri: a.csv, columns: [u, depth, b] }, f: { uri: b.csv } }\n"),
      []
    )
    assert.deepStrictEqual(after("  d: { from: f_enterd, columns: { n: count(*) } }\n"), [
      '7:14: no table "f_enterd" (did you mean "f_entered"?); expected events, f_entered or f'
    ])
  })

  it("a table that has the name of its second one is reported", () => {
    const twice = "  f_entered: { from: events, columns: { n: count(*) } }\n"
    assert.deepStrictEqual(errorOf(specOf(`{ ${steps} }`) + twice), ['7:3: "f_entered" is the name of two tables'])
  })

  it("a key that is near to none of a table is told with those of a table", () => {
    assert.deepStrictEqual(errorOf(specOf(`{ ${steps} }`).replace("funnel", "funel")), [
      '6:8: unknown "funel" (did you mean "funnel"?); expected funnel'
    ])
  })
})
