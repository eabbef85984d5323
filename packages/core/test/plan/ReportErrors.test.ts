import { assert, describe, it } from "@effect/vitest"
import { errorOf } from "../support/errorOf.ts"
import { head, planOf } from "../support/runSpec.ts"

/** A template begins in line 10. */
const base = `${head}event: { user: u, time: t }
sessions: {}
tables: { days: { from: events, by: [{ day: date(t) }], columns: { rows: count(*), us: list(distinct u) } } }
reports:
  r:
    uri: r.html
    template: `
const indented = (text: string): string => text.split("\n").join("\n      ")
const literal = (text: string): string => `${base}|\n      ${indented(text)}\n`
const block = (kind: string, yaml: string): string => `\`\`\`${kind}\n${yaml}\n\`\`\``

const tables = "run, sessions, inputs or days"
const days = "day, rows or us"

describe("what is wrong with a report", () => {
  it.each<readonly [name: string, template: string, problems: ReadonlyArray<string>]>([
    [
      "a table",
      "# a\n\n{{ dayz.rows }}",
      [`13:7: {{ dayz.rows }}: no table "dayz" (did you mean "days"?); expected ${tables}`]
    ],
    [
      "a column",
      "{{ days.row }}",
      [`11:7: {{ days.row }}: no column "row" in days (did you mean "rows"?); expected ${days}`]
    ],
    ["a word alone", "x {{ read }}", ["11:7: {{ read }}: expected a table and its column, as in {{ run.read }}"]],
    ["events", "{{ events.u }}", [`11:7: {{ events.u }}: no table "events"; expected ${tables}`]],
    [
      "a column of the run",
      "x\n{{ run.reed }}",
      [
        '12:7: {{ run.reed }}: no column "reed" in run (did you mean "read"?); expected name, as_of, read, accepted, rejected, filtered, unique, duplicates, in_sessions, outside, users or sessions'
      ]
    ],
    [
      "a block without an end",
      "text\n```table\nfrom: days",
      ["12:7: the table that begins here has no end: a line with ```"]
    ],
    [
      "a key of a block",
      block("table", "from: days\ncolums: [day]"),
      ['13:7: unknown "colums" (did you mean "columns"?); expected from, title, columns or rows']
    ],
    [
      "a block that is no YAML",
      block("table", "from: days\ncolumns: [day"),
      ["13:20: not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]"]
    ],
    [
      "a table of a block",
      block("table", "from: dais"),
      [`12:13: no table "dais" (did you mean "days"?); expected ${tables}`]
    ],
    [
      "a column of a block",
      block("table", "from: days\ncolumns: [day, users]"),
      [`13:22: no column "users" in days; expected ${days}`]
    ],
    ["rows", block("table", "from: days\nrows: 5000"), ["13:13: expected a whole number from 1 to 1000, found 5000"]],
    [
      "a kind of chart",
      block("chart", "from: days\nkind: pie\nx: day\ny: rows"),
      ['13:13: expected line, bar, histogram or funnel, found "pie"']
    ],
    ["a chart without y", block("chart", "kind: line\nfrom: days\nx: day"), ["12:7: a line needs y"]],
    [
      "a chart of text",
      block("chart", "kind: line\nfrom: sessions\nx: date\ny: [u, event_count]"),
      ['15:11: "u" is text, and a line needs numbers here']
    ],
    [
      "a histogram with y",
      block("chart", "kind: histogram\nfrom: days\nx: rows\ny: rows"),
      ["15:7: a histogram counts the values of x, and has no y"]
    ],
    [
      "a histogram of days",
      block("chart", "kind: histogram\nfrom: days\nx: day"),
      ['14:10: "day" is date, and a histogram needs numbers here']
    ],
    ["a list", block("chart", "kind: bar\nfrom: days\nx: us\ny: rows"), ['14:10: "us" is a list']],
    ["two steps", block("chart", "kind: funnel\nfrom: days\nx: day\ny: [rows, rows]"), ["15:10: a funnel has one y"]]
  ])("%s, at its place in a block of text", (_, template, problems) => {
    assert.deepStrictEqual(errorOf(literal(template)), problems)
  })

  it("in a text that is written otherwise, with its line in words", () => {
    assert.deepStrictEqual(errorOf(`${base}"# a\\n{{ days.row }}"\n`), [
      `10:15: line 2: {{ days.row }}: no column "row" in days (did you mean "rows"?); expected ${days}`
    ])
  })

  it("in a file, with its place there", () => {
    const text = `${base}{ file: r.md }\n`
    const file = (path: string) => (path === "r.md" ? "a\n\n{{ days.row }}\n" : undefined)
    assert.deepStrictEqual(errorOf(text, { params: {}, env: {}, file }), [
      `10:23: r.md:3:1: {{ days.row }}: no column "row" in days (did you mean "rows"?); expected ${days}`
    ])
    assert.deepStrictEqual(errorOf(text), ["10:23: no such file: r.md", "  its path is from the folder of the spec"])
  })

  it("a target that is no report, or is one already", () => {
    const text = literal("a").replace("r.html", "[r.pdf, r.md, r.md]")
    assert.deepStrictEqual(errorOf(text), [
      '9:11: a report is a page (.html) or Markdown (.md), found "r.pdf"',
      "9:24: r.md gets the report r already"
    ])
  })
})

describe("planReports", () => {
  it("has text, values and blocks in order; other fences are text, and blank lines between blocks are nothing", () => {
    const template = [
      "a {{days.day}}{{ run.read }} b",
      "```yaml\n{{ no.value }\n```table\n```",
      block("table", "from: days"),
      "",
      block("chart", "kind: histogram\nfrom: days\nx: rows\ntitle: T"),
      "~~~\n```chart\n~~~",
      "end"
    ].join("\n")
    const { reports } = planOf(literal(template).slice(head.length))
    assert.deepStrictEqual(reports, [
      {
        name: "r",
        title: "test",
        uris: ["r.html"],
        parts: [
          {
            part: "text",
            spans: [
              "a ",
              { table: "days", column: "day" },
              { table: "run", column: "read" },
              " b\n```yaml\n{{ no.value }\n```table\n```"
            ]
          },
          { part: "table", title: null, from: "days", columns: ["day", "rows", "us"], rows: 50 },
          { part: "chart", title: "T", from: "days", kind: "histogram", x: "rows", y: [] },
          { part: "text", spans: ["~~~\n```chart\n~~~\nend\n"] }
        ]
      }
    ])
  })

  it("knows tables with a dot in their names", () => {
    const way = "way: { funnel: { steps: { a: \"u = 'a'\", b: \"u = 'b'\" } } }"
    const more = "way.more: { from: way_entered, columns: { depth: depth } }"
    const body = literal("{{way.more.depth}} {{ way.count }}")
      .slice(head.length)
      .replace(/^tables: .*$/m, `tables: { ${way}, ${more} }`)
    assert.deepStrictEqual(planOf(body).reports[0].parts, [
      {
        part: "text",
        spans: [{ table: "way.more", column: "depth" }, " ", { table: "way", column: "count" }, "\n"]
      }
    ])
  })

  it("leaves out a report whose uri is a param that was not given", () => {
    const body = `params: { out: { type: path, optional: true } }\n${literal("a").slice(head.length).replace("r.html", "{ param: out }")}`
    assert.deepStrictEqual(planOf(body).reports, [])
    assert.deepStrictEqual(planOf(body, { params: { out: "x.md" }, env: {} }).reports[0].uris, ["x.md"])
  })
})
