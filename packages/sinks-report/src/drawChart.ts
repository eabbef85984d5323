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
  const height = data.kind === "funnel" ? Math.max(104, data.labels.length * 44 + 16) : 320
  const chart = echarts.init(null, null, { renderer: "svg", ssr: true, width, height })
  try {
    chart.setOption({
      animation: false,
      color: colours,
      textStyle: { color: "currentColor", fontFamily: "system-ui, sans-serif" },
      ...(data.kind === "funnel" ? funnel(data) : axes(data))
    })
    return plain(chart.renderToSVGString({ useViewBox: true }), id, data)
  } finally {
    chart.dispose()
  }
}

const line = { lineStyle: { color: "currentColor", opacity: 0.4 } }
const label = { color: "currentColor" }

const axes = ({ isTime, kind, labels, series }: ChartData) => {
  const isHistogram = kind === "histogram"
  const hasLegend = series.length > 1
  return {
    grid: { left: 8, right: 24, top: 16, bottom: hasLegend ? 36 : 8, outerBoundsMode: "same" },
    ...(hasLegend ? { legend: { bottom: 0, textStyle: label, icon: "roundRect", itemGap: 28 } } : {}),
    useUTC: true,
    xAxis: {
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
    yAxis: {
      type: "value",
      axisLabel: { ...label, formatter: (value: number) => shownNumber(value) },
      splitLine: { lineStyle: { color: "currentColor", opacity: 0.15 } }
    },
    series: series.map(({ name, values }) => ({
      name,
      silent: true,
      emphasis: { disabled: true },
      data: isTime ? values.map((value, i) => [labels[i], value]) : values,
      ...(kind === "line"
        ? {
            type: "line",
            showSymbol: values.length <= 60,
            symbol: "circle",
            symbolSize: 5,
            itemStyle: { borderWidth: 0 }
          }
        : { type: "bar", barCategoryGap: isHistogram ? "4%" : "30%", barMaxWidth: isHistogram ? 400 : 48 })
    }))
  }
}

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
