import { assert, describe, it } from "@effect/vitest"
import { chartData, chartTable } from "../src/chartData.ts"
import { drawChart } from "../src/drawChart.ts"
import { column, tablesOf } from "./tables.ts"

const chart = (kind: "line" | "bar" | "histogram" | "funnel", x: string, y: ReadonlyArray<string> = []) => ({
  part: "chart" as const,
  title: null,
  from: "t",
  kind,
  x,
  y
})
const counted = (values: ReadonlyArray<number | null>) =>
  chartTable(chartData(chart("histogram", "v"), tablesOf({ t: { v: column.number(values) } }))).rows

describe("chartData", () => {
  it("has the points of its table, in order, with gaps where there is no value", () => {
    const tables = tablesOf({
      t: {
        day: column.date([0, 2]),
        at: column.time([0, 3600]),
        a: column.integer([1, -2]),
        b: column.number([null, 0.5])
      }
    })
    const data = chartData(chart("line", "day", ["a", "b"]), tables)
    assert.deepStrictEqual(data.labels, ["1970-01-01", "1970-01-03"])
    assert.deepStrictEqual(data.series, [
      { name: "a", values: [1, -2] },
      { name: "b", values: [null, 0.5] }
    ])
    assert.isTrue(data.isTime)
    assert.isTrue(chartData(chart("line", "at", ["a"]), tables).isTime)
    assert.isFalse(chartData(chart("bar", "day", ["a"]), tables).isTime)
  })

  it("a funnel tells how much of the first step each one is", () => {
    const tables = tablesOf({ t: { step: column.text(["a", "b", "c"]), n: column.integer([3, 2, 0]) } })
    assert.deepStrictEqual(chartTable(chartData(chart("funnel", "step", ["n"]), tables)).rows, [
      ["a", "3", "100 %"],
      ["b", "2", "66.7 %"],
      ["c", "0", "0 %"]
    ])
  })

  it("a histogram has round edges, about twenty bins, and every value in the one that holds it", () => {
    assert.deepStrictEqual(counted([5, null, 5]), [["5 – 6", "2"]])
    assert.deepStrictEqual(counted([null, Number.NaN]), [])
    for (const [from, to] of [
      [0, 1],
      [-3, 7],
      [1e-9, 3e-9],
      [0, 1e12],
      [-40.5, -40.1],
      [0.1, 0.3]
    ] as const) {
      const values = Array.from({ length: 200 }, (_, i) => from + ((to - from) * ((i * 37) % 200)) / 199)
      const data = chartData(chart("histogram", "v"), tablesOf({ t: { v: column.number(values) } }))
      const bins = data.labels.map((label) => label.split(" – ").map((edge) => Number(edge.replaceAll(",", ""))))
      assert.isTrue(bins.length >= 8 && bins.length <= 23, `${bins.length} bins`)
      for (const [i, [low, high]] of bins.entries()) {
        // An edge itself may be on either side, as it has no exact double.
        const inside = (slack: number) => values.filter((v) => v >= low - slack && v < high + slack).length
        const slack = (high - low) * 1e-9
        const count = data.series[0].values[i] ?? 0
        assert.isTrue(count >= inside(-slack) && count <= inside(slack), `${data.labels[i]}: ${count}`)
      }
      assert.strictEqual(
        data.series[0].values.reduce<number>((sum, count) => sum + (count ?? 0), 0),
        200
      )
    }
  })
})

describe("a histogram of whole numbers", () => {
  const bins = (values: ReadonlyArray<number>) =>
    chartTable(chartData(chart("histogram", "v"), tablesOf({ t: { v: column.integer(values) } }))).rows

  it("has bins of whole numbers, told by the first and the last of each", () => {
    assert.deepStrictEqual(bins([1, 2, 2, 4]), [
      ["1", "1"],
      ["2", "2"],
      ["3", "0"],
      ["4", "1"]
    ])
    assert.deepStrictEqual(bins([1, 4, 5, 9, 10, 99, 0]).slice(0, 3), [
      ["0 – 4", "3"],
      ["5 – 9", "2"],
      ["10 – 14", "1"]
    ])
    assert.deepStrictEqual(bins([-3, 52]).at(0), ["-5 – -1", "1"])
  })
})

describe("drawChart", () => {
  const bars = (values: ReadonlyArray<number>) => {
    const names = values.map((_, i) => `n${i}`)
    const tables = tablesOf({ t: { x: column.text(names), v: column.integer(values) } })
    return drawChart(chartData(chart("bar", "x", ["v"]), tables), "c")
  }

  it("draws a bar for every value, as high as it is", () => {
    const heights = [...bars([10, 40, 20]).matchAll(/<path d="M\S+ \S+?l\S+ 0l0 -([\d.]+)/g)].map(([, height]) =>
      Number(height)
    )
    assert.strictEqual(heights.length, 3)
    const [ten, forty, twenty] = heights
    assert.approximately(forty / ten, 4, 0.02)
    assert.approximately(twenty / ten, 2, 0.02)
  })

  const labelled = (labels: ReadonlyArray<string>) => {
    const tables = tablesOf({ t: { x: column.text(labels), v: column.integer(labels.map((_, i) => 10 * (i + 1))) } })
    const svg = drawChart(chartData(chart("bar", "x", ["v"]), tables), "c")
    return { svg, texts: [...svg.matchAll(/<text[^>]*>([^<]*)/g)].map(([, text]) => text) }
  }

  it("names what stands at each axis", () => {
    assert.includeMembers([...labelled(["a", "b"]).texts], ["a", "b", "x", "v"])
  })

  it("shows the label of every bar: bars lie below each other where labels have no room beside each other", () => {
    const labels = Array.from({ length: 11 }, (_, i) => `a step with a name ${i}`)
    const { svg, texts } = labelled(labels)
    assert.includeMembers([...texts], labels)
    const widths = [...svg.matchAll(/<path d="M\S+ \S+?l([\d.]+) 0l0 [\d.]+l-/g)].map(([, width]) => Number(width))
    assert.strictEqual(widths.length, labels.length)
    assert.approximately(widths[10] / widths[0], 11, 0.1)
    assert.include(labelled(labels.slice(0, 3)).svg, "0 0 760 320")
    const days = tablesOf({ t: { x: column.date([...labels.keys()]), v: column.integer([...labels.keys()]) } })
    assert.include(drawChart(chartData(chart("bar", "x", ["v"]), days), "c"), "0 0 760 320")
  })

  it("has colours of the text around it, no size of its own, and nothing for programs", () => {
    const svg = bars([1, 2])
    assert.match(svg, /^<svg role="img" aria-label="x" xmlns="[^"]*" viewBox="0 0 760 320">/)
    assert.notMatch(svg, /<style|class=|ecmeta|zr\d/)
    assert.notMatch(svg.replaceAll(/<path[^>]*>/g, ""), /fill="(?!currentColor|none)/)
  })
})
