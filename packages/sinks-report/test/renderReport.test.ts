import { assert, describe, it } from "@effect/vitest"
import type { Report } from "@sojourn/core"
import { Marked } from "marked"
import { renderReport } from "../src/index.ts"
import { column, reportOf, tablesOf } from "./tables.ts"

const rendered = (report: Report, tables: ReturnType<typeof tablesOf>, form: "html" | "markdown"): string =>
  new TextDecoder().decode(renderReport(report, tables, form))

const chart = (kind: "line" | "bar" | "histogram" | "funnel", x: string, y: ReadonlyArray<string>) =>
  ({ part: "chart", title: "A chart", from: "t", kind, x, y }) as const
const table = { part: "table", title: "A table", from: "t", columns: ["name", "n"], rows: 50 } as const
const text = (...spans: Extract<Report["parts"][number], { part: "text" }>["spans"]) =>
  ({ part: "text", spans }) as const

const all = reportOf([
  text("# Title\n\nfirst: ", { table: "t", column: "name" }, ", *and*\n\n- ", { table: "t", column: "name" }),
  table,
  chart("line", "day", ["n", "d"]),
  chart("line", "name", ["d"]),
  chart("bar", "name", ["n"]),
  chart("funnel", "name", ["n"]),
  chart("histogram", "d", [])
])

const tables = (names: ReadonlyArray<string>) =>
  tablesOf({
    t: {
      name: column.text(names),
      n: column.integer([30, 20, 5]),
      d: column.number([1.5, null, 2.25]),
      day: column.date([19_000, 19_001, 19_005])
    }
  })

const benign = ["alpha", "beta", "gamma"]
const hostile: ReadonlyArray<readonly [string, string, string]> = [
  ["<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '"><svg onload=alert(1)>'],
  ["</text></svg><script>1</script>", "<![CDATA[x]]>", "</style><b>"],
  ["](javascript:alert(1))", "[a](http://evil.example)", "![x](http://evil.example/x.png)"],
  ["http://evil.example www.evil.example", "x@evil.example", "<http://evil.example>"],
  ["*a* **b** _c_ ~~d~~ `e`", "a | b |", "a\n# b\n\n- c\n> d\n```\nx"],
  ["# a", "- b", "1. c"],
  ["+ a", "= b", "1) c"],
  ["\\", "\\\\|", "a\\<b>"],
  ["&lt;b&gt; &#60;b&#62;", "{{ run.name }}", "$x$ ${x}"],
  ["{a|b}", "{b}: {c}", 'class="zr0-cls-1" ecmeta_x="1"'],
  ["\u0000\u0007\u001b[31m", "\u202e reversed", "\ud800"]
]

/** The tags of a page outside of charts, and the kinds of those inside: how many labels there is room for varies. */
const tags = (page: string): ReadonlyArray<string> =>
  [...page.replaceAll(/<svg[^]*?<\/svg>/g, "").matchAll(/<[^<>]*>/g)].map(([tag]) => tag)
const drawn = (page: string): ReadonlyArray<string> => [
  ...new Set(
    [...page.matchAll(/<svg[^]*?<\/svg>/g)].flatMap(([svg]) => [...svg.matchAll(/<\/?[^\s<>]*/g)].map(([tag]) => tag))
  )
]

describe("a report", () => {
  it("is the same bytes each time", () => {
    for (const form of ["html", "markdown"] as const) {
      assert.strictEqual(rendered(all, tables(benign), form), rendered(all, tables(benign), form))
    }
  })

  it("has ids that occur once", () => {
    const ids = [...rendered(all, tables(benign), "html").matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id)
    assert.strictEqual(new Set(ids).size, ids.length)
    assert.isAbove(ids.length, 1)
  })

  it("loads nothing, runs nothing, and says so", () => {
    const page = rendered(all, tables(benign), "html")
    assert.include(page, `content="default-src 'none'; style-src 'unsafe-inline'"`)
    assert.notMatch(page.replaceAll("http://www.w3.org/2000/svg", ""), /https?:|<script|<link|<img|@import|url\((?!#)/)
  })

  it("in a page no value makes a tag", () => {
    const reference = rendered(all, tables(benign), "html")
    for (const names of hostile) {
      const page = rendered(all, tables(names), "html")
      assert.deepStrictEqual(tags(page), tags(reference), names.join())
      assert.deepStrictEqual(drawn(page), drawn(reference), names.join())
    }
  })

  it("in Markdown no value makes anything but text, as others read it", () => {
    const other = new Marked({ gfm: true })
    const read = (names: ReadonlyArray<string>) =>
      other.parse(rendered(all, tables(names), "markdown"), { async: false })
    const reference = tags(read(benign))
    for (const names of hostile) assert.deepStrictEqual(tags(read(names)), reference, names.join())
  })

  it("in Markdown a value reads as it was", () => {
    const other = new Marked({ gfm: true })
    for (const names of hostile) {
      const page = other.parse(rendered(reportOf([table]), tables(names), "markdown"), { async: false })
      const cells = [...page.matchAll(/<td>(.*?)<\/td>/g)].map(([, cell]) =>
        cell
          .replaceAll("&lt;", "<")
          .replaceAll("&gt;", ">")
          .replaceAll("&quot;", '"')
          .replaceAll("&#39;", "'")
          .replaceAll("&amp;", "&")
      )
      const shown = names.map((name) =>
        name
          .replaceAll(/\p{Cc}+/gu, " ")
          .replaceAll("\ud800", "\ufffd")
          .trim()
      )
      assert.deepStrictEqual(cells, shown)
    }
  })

  it("text of the template is Markdown, without tags and links that run", () => {
    const page = rendered(
      reportOf([text("## A\n\n**b** <b onclick=x>c</b> [d](https://e.example) [f](javascript:g) ![h](i.png)")], "<T>"),
      new Map(),
      "html"
    )
    assert.include(page, "<title>&lt;T&gt;</title>")
    assert.include(
      page,
      '<h2>A</h2>\n<p><strong>b</strong> &lt;b onclick=x&gt;c&lt;/b&gt; <a href="https://e.example">d</a> f h</p>'
    )
  })

  it("has numbers for people, and says what is left out", () => {
    const some = tablesOf({ t: { name: column.text(["a", null]), n: column.integer([2024, 1_234_567]) } }, 8)
    assert.strictEqual(
      rendered(reportOf([table]), some, "markdown"),
      "**A table**\n\n| name | n |\n| --- | ---: |\n| a | 2024 |\n|  | 1,234,567 |\n\n_the first 2 of 10 rows_\n"
    )
    assert.include(rendered(reportOf([table]), some, "html"), '<td class="n">1,234,567</td>')
  })

  it("of nothing has headings, and says that there are no rows", () => {
    const none = tablesOf({ t: { name: column.text([]), n: column.integer([]) } })
    const parts = [
      table,
      chart("bar", "name", ["n"]),
      chart("histogram", "n", []),
      text("a ", { table: "t", column: "n" })
    ]
    for (const given of [none, new Map()]) {
      assert.include(rendered(reportOf(parts), given, "markdown"), "| name | n |\n")
      assert.strictEqual(rendered(reportOf(parts), given, "markdown").match(/_no rows_/g)?.length, 3)
      assert.strictEqual(rendered(reportOf(parts), given, "html").match(/>no rows</g)?.length, 3)
    }
  })
})
