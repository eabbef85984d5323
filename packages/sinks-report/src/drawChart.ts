import { instantText } from "@sojourn/core"
import { BarChart, LineChart } from "echarts/charts"
import { GridComponent, LegendComponent } from "echarts/components"
import * as echarts from "echarts/core"
import { SVGRenderer } from "echarts/renderers"
import { shownNumber } from "./cells.ts"
import { type ChartData, ofFirst } from "./chartData.ts"
import { escapeHtml } from "./escape.ts"

echarts.use([BarChart, LineChart, GridComponent, LegendComponent, SVGRenderer])

const width = 760

/** Colours that stand out from a white page as well as from a dark one. */
const colours = ["#3b82c4", "#d9730d", "#2f9e6e", "#9466d6", "#d6455d", "#1591a6", "#a3812a", "#8a8f98"]

/**
 * A chart as SVG to stand in a page: text and lines have the colour of the text around it. `id`: what sets its parts apart
 * from those of other charts of the page.
 */
export const drawChart = (data: ChartData, id: string): string => {
  const height = heightOf(data)
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height })
  try {
    chart.setOption({
      animation: false,
      color: colours,
      textStyle: { color: "currentColor", fontFamily: "system-ui, sans-serif" },
      ...(data.kind === "funnel" ? funnel(data) : isLying(data) ? lying(data) : axes(data))
    })
    return plain(chart.renderToSVGString({ useViewBox: true }), id, data)
  } finally {
    chart.dispose()
  }
}

/** The most labels that stand below each other. */
const mostLying = 40

/** Whether the names of bars have no room beside each other, so that the bars lie below each other. */
const isLying = ({ isNamed, kind, labels }: ChartData): boolean => {
  const longest = labels.reduce((most, text) => Math.max(most, text.length), 0)
  return (
    kind === "bar" &&
    isNamed &&
    labels.length <= mostLying &&
    longest * characterWidth + 12 > (width - 80) / labels.length
  )
}
const characterWidth = 7

const heightOf = (data: ChartData): number => {
  const { kind, labels, series } = data
  if (kind === "funnel") return Math.max(104, labels.length * 44 + 16)
  if (isLying(data)) return Math.max(104, labels.length * (8 + 18 * series.length) + 64)
  return 320
}

const line = { lineStyle: { color: "currentColor", opacity: 0.4 } }
const label = { color: "currentColor" }

/** Room for the names of several series, or the name of the only one at its axis. */
const framed = ({ series }: ChartData) => {
  const hasLegend = series.length > 1
  return {
    grid: { left: 8, right: 24, top: 16, bottom: hasLegend ? 36 : 8, outerBoundsMode: "same" },
    ...(hasLegend ? { legend: { bottom: 0, textStyle: label, icon: "roundRect", itemGap: 28 } } : {})
  }
}

const named = (name: string | undefined) =>
  name === undefined ? {} : { name, nameLocation: "middle", nameGap: 28, nameTextStyle: label }

const valueAxis = ({ series }: ChartData) => ({
  type: "value",
  ...named(series.length === 1 ? series[0].name : undefined),
  axisLabel: { ...label, formatter: (value: number) => shownNumber(value) },
  splitLine: { lineStyle: { color: "currentColor", opacity: 0.15 } }
})

const axes = (data: ChartData) => {
  const { isTime, kind, labels, series, x } = data
  const bars =
    kind === "histogram" ? { barCategoryGap: "4%", barMaxWidth: 400 } : { barCategoryGap: "30%", barMaxWidth: 48 }
  return {
    ...framed(data),
    useUTC: true,
    xAxis: {
      ...named(x),
      ...(isTime ? { type: "time" } : { type: "category", data: labels }),
      axisLabel: {
        ...label,
        hideOverlap: true,
        ...(isTime ? { formatter: tick } : { width: 160, overflow: "truncate" })
      },
      axisLine: line,
      axisTick: line,
      splitLine: { show: false }
    },
    yAxis: valueAxis(data),
    series: series.map(({ name, values }) =>
      Object.assign(
        {
          name,
          silent: true,
          emphasis: { disabled: true },
          data: isTime ? values.map((value, i) => [labels[i], value]) : values
        },
        kind === "line" ? points(values.length) : { type: "bar", ...bars }
      )
    )
  }
}

/** A line, with its points unless they are many. */
const points = (count: number) => ({
  type: "line",
  showSymbol: count <= 60,
  symbol: "circle",
  symbolSize: 5,
  itemStyle: { borderWidth: 0 }
})

/** Bars below each other, with their labels before them. */
const lying = (data: ChartData) => ({
  ...framed(data),
  xAxis: valueAxis(data),
  yAxis: {
    type: "category",
    inverse: true,
    data: data.labels,
    axisLabel: { ...label, width: 200, overflow: "truncate" },
    axisLine: line,
    axisTick: { show: false }
  },
  series: data.series.map(({ name, values }) => ({
    name,
    type: "bar",
    silent: true,
    emphasis: { disabled: true },
    barCategoryGap: "30%",
    data: values
  }))
})

/** Steps below each other, each as wide as it is large. */
const funnel = ({ labels, series }: ChartData) => {
  const values = series.at(0)?.values ?? []
  return {
    grid: { left: 8, right: 120, top: 8, bottom: 8, outerBoundsMode: "same" },
    xAxis: { type: "value", min: 0, show: false },
    yAxis: {
      type: "category",
      inverse: true,
      data: labels,
      axisLabel: { ...label, width: 200, overflow: "truncate" },
      axisLine: { show: false },
      axisTick: { show: false }
    },
    series: [
      {
        type: "bar",
        silent: true,
        emphasis: { disabled: true },
        barCategoryGap: "20%",
        barMaxWidth: 32,
        label: {
          ...label,
          show: true,
          position: "right",
          formatter: ({ dataIndex }: { readonly dataIndex: number }) =>
            [shownNumber(values[dataIndex] ?? 0), ofFirst(values, dataIndex)]
              .filter((text) => text !== "")
              .join("  ·  ")
        },
        data: values
      }
    ]
  }
}

/** A time on an axis, in milliseconds since 1970: the date at midnight, else day and time. */
const tick = (millis: number): string => {
  const text = instantText(Math.floor(millis / 1000), 0)
  return text.endsWith("T00:00:00Z") ? text.slice(0, 10) : text.slice(5, 16).replace("T", " ")
}

/**
 * Without what only a pointer or a program would need, and with ids of its own: those of the library count the charts of a
 * process. Texts have no `<`, so that tags are where they seem to be.
 */
const plain = (svg: string, id: string, { title, x }: ChartData): string =>
  svg
    .replaceAll(/<style[^]*?<\/style>/g, "")
    .replaceAll(/<[^<>]*>/g, (tag) =>
      tag
        .replaceAll(/\s(?:class|ecmeta_\w+|pointer-events|xmlns:xlink|baseProfile|version)="[^"]*"/g, "")
        .replaceAll(/\bzr\d+-/g, `${id}-`)
    )
    .replace(
      /^<svg [^>]*?viewBox/,
      `<svg role="img" aria-label="${escapeHtml(title ?? x)}" xmlns="http://www.w3.org/2000/svg" viewBox`
    )
    .replaceAll(/>\s+</g, "><")
