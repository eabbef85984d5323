import { afterAll, assert, beforeAll, beforeEach, describe, it } from "@effect/vitest"
import { doubleColumn, recordBatch, type Report, TextBuilder } from "@sojourn/core"
import { renderReport } from "@sojourn/sinks-report"
import { type Browser, chromium, type Page } from "playwright-core"
import { executablePath, flags, noBrowser } from "./support/Browser.ts"

const hostile = [
  '<script>document.title = "run"</script>',
  '"><img src="http://127.0.0.1:9/x" onerror="document.title=1">',
  "</text></svg><b>"
]

const report: Report = {
  name: "r",
  title: "Title",
  uris: ["r.html"],
  parts: [
    { part: "text", spans: ["# Head\n\n", { table: "t", column: "name" }, "\n\n![x](http://127.0.0.1:9/y.png)"] },
    { part: "table", title: null, from: "t", columns: ["name", "n"], rows: 50 },
    ...(["line", "bar", "funnel", "histogram"] as const).map(
      (kind) =>
        ({
          part: "chart",
          title: kind,
          from: "t",
          kind,
          x: kind === "histogram" ? "n" : "name",
          y: kind === "histogram" ? [] : ["n"]
        }) as const
    )
  ]
}

const page = (): string => {
  const names = new TextBuilder()
  for (const [i, name] of hostile.entries()) names.setText(i, name)
  const columns = [
    { name: "name", data: names.take(hostile.length) },
    { name: "n", data: doubleColumn(Float64Array.of(3, 2, 1)) }
  ]
  const tables = new Map([["t", { rows: recordBatch(columns, hostile.length), count: hostile.length }]])
  return new TextDecoder().decode(renderReport(report, tables, "html"))
}

describe("the page of a report in Chromium", () => {
  let browser: Browser | undefined

  beforeAll(async () => {
    if (noBrowser === undefined) browser = await chromium.launch({ executablePath, args: [...flags] })
  })
  afterAll(() => browser?.close())
  beforeEach(({ skip }) => skip(noBrowser !== undefined, noBrowser))

  /** Opens the page and gives it with all that it asked for and complained about. */
  const open = async (colorScheme: "light" | "dark", javaScriptEnabled: boolean) => {
    if (browser === undefined) return assert.fail("no browser was started")
    const opened: Page = await browser.newPage({ colorScheme, javaScriptEnabled })
    const noted: Array<string> = []
    opened.on("request", (request) => noted.push(`request ${request.url()}`))
    opened.on("console", (message) => noted.push(message.text()))
    opened.on("pageerror", (error) => noted.push(error.message))
    await opened.setContent(page())
    return { opened, noted }
  }

  it("runs nothing and loads nothing, with script and without", async () => {
    for (const enabled of [true, false]) {
      const { noted, opened } = await open("light", enabled)
      assert.deepStrictEqual(noted, [])
      assert.strictEqual(await opened.title(), "Title")
      assert.strictEqual(await opened.locator("script, img, main b, main i").count(), 0)
      assert.deepStrictEqual(await opened.locator("tbody").first().locator("td:first-child").allTextContents(), hostile)
      await opened.close()
    }
  })

  it("has charts that are seen, as wide as the text, and text in a colour that fits", async () => {
    for (const [scheme, bright] of [
      ["light", false],
      ["dark", true]
    ] as const) {
      const { opened } = await open(scheme, true)
      const charts = await opened.locator("svg").evaluateAll((found) =>
        found.map((svg) => {
          const { height, width } = svg.getBoundingClientRect()
          const label = svg.querySelector("text")
          const colour = label === null ? "" : getComputedStyle(label).fill
          return {
            height,
            width,
            bright: Number(/\d+/.exec(colour)?.[0]) > 128,
            texts: svg.querySelectorAll("text").length
          }
        })
      )
      assert.strictEqual(charts.length, 4)
      for (const chart of charts) {
        assert.isAbove(chart.height, 80)
        assert.isAbove(chart.width, 600)
        assert.isAbove(chart.texts, 2)
        assert.strictEqual(chart.bright, bright, scheme)
      }
      await opened.close()
    }
  })
})
