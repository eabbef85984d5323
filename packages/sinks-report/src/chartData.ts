import { columnData, numberText, type ReportChart, type ReportTables, valueAt } from "@sojourn/core"
import { DataType, DateDay, Int64, type RecordBatch, Timestamp } from "apache-arrow"
import { cellText, leftOut, shownNumber, type ShownTable } from "./cells.ts"

/** What a chart shows, whatever draws it. */
export interface ChartData {
  readonly kind: ReportChart["kind"]
  readonly title: string | null
  /** The name of what stands below the points. */
  readonly x: string
  /** What stands below each point; of a histogram, the values that are counted there. */
  readonly labels: ReadonlyArray<string>
  /** Points lie as far apart as their times are. */
  readonly isTime: boolean
  /** The labels are names, of which none can be left out: nobody would guess it from those beside it. */
  readonly isNamed: boolean
  readonly series: ReadonlyArray<{ readonly name: string; readonly values: ReadonlyArray<number | null> }>
  /** What is left out, for a person. */
  readonly note: string | undefined
}

/** Takes a chart's points from the tables of its report. */
export const chartData = (chart: ReportChart, tables: ReportTables): ChartData => {
  const { kind, title, x } = chart
  const { count, rows } = tables.get(chart.from) ?? { count: 0, rows: undefined }
  const points = Math.min(rows?.numRows ?? 0, kind === "histogram" ? Infinity : mostPoints)
  const note = leftOut(points, count)
  const none = { kind, title, x, labels: [], isTime: false, isNamed: false, series: [], note }
  if (rows === undefined || points === 0) return none
  if (kind === "histogram") return { ...none, ...histogram(rows, x, chart.from) }
  const { type } = columnData(rows, x)
  return {
    ...none,
    labels: Array.from({ length: points }, (_, row) => cellText(rows, x, row)),
    isTime: kind === "line" && (type instanceof DateDay || type instanceof Timestamp),
    isNamed: DataType.isDictionary(type) || DataType.isUtf8(type),
    series: chart.y.map((name) => ({
      name,
      values: Array.from({ length: points }, (_, row) => number(rows, name, row))
    }))
  }
}

/** As many as an engine gathers. */
const mostPoints = 5000

const number = (rows: RecordBatch, name: string, row: number): number | null => {
  const value = Number(valueAt(rows, name, row) ?? Number.NaN)
  return Number.isFinite(value) ? value : null
}

/** Bins between which a histogram has its values, about. */
const aboutBins = 20

/** Counts the values of a column of a table in bins whose edges are round numbers. */
const histogram = (rows: RecordBatch, name: string, of: string): Pick<ChartData, "labels" | "series"> => {
  const values: Array<number> = []
  for (let row = 0; row < rows.numRows; row++) {
    const value = number(rows, name, row)
    if (value !== null) values.push(value)
  }
  if (values.length === 0) return { labels: [], series: [] }
  const least = values.reduce((a, b) => Math.min(a, b))
  const most = values.reduce((a, b) => Math.max(a, b))
  const isWhole = columnData(rows, name).type instanceof Int64
  // Between whole numbers there is nothing to be counted.
  const width = Math.max(roundUp((most - least) / aboutBins), isWhole ? 1 : 0)
  const first = Math.floor(least / width)
  const counts = Array.from({ length: Math.floor(most / width) - first + 1 }, () => 0)
  for (const value of values) counts[Math.min(Math.floor(value / width) - first, counts.length - 1)]++
  const edge = (bin: number) => shownNumber(Number(((first + bin) * width).toPrecision(12)))
  const label = (bin: number) => {
    if (!isWhole) return `${edge(bin)} – ${edge(bin + 1)}`
    return width === 1 ? edge(bin) : `${edge(bin)} – ${edge(bin + 1 - 1 / width)}`
  }
  return {
    labels: counts.map((_, bin) => label(bin)),
    series: [{ name: of, values: counts }]
  }
}

/** 1, 2 or 5 times a power of ten, at least as large; 1 for 0. */
const roundUp = (width: number): number => {
  if (width === 0) return 1
  const power = 10 ** Math.floor(Math.log10(width))
  return ([1, 2, 5].find((step) => step * power >= width) ?? 10) * power
}

/** The points of a chart as a table. */
export const chartTable = ({ kind, labels, note, series, x }: ChartData): ShownTable => ({
  columns: [
    { name: x, isNumber: false },
    ...series.map(({ name }) => ({ name, isNumber: true })),
    ...(kind === "funnel" ? [{ name: "of the first", isNumber: true }] : [])
  ],
  rows: labels.map((label, i) => [
    label,
    ...series.map(({ values }) => (values[i] === null ? "" : shownNumber(values[i]))),
    ...(kind === "funnel" ? [ofFirst(series[0].values, i)] : [])
  ]),
  note
})

/** How much of the first step a step of a funnel is. */
export const ofFirst = (values: ReadonlyArray<number | null>, step: number): string => {
  const [first] = values
  const value = values[step]
  return first === null || first === 0 || value === null
    ? ""
    : `${numberText(Math.round((value / first) * 1000) / 10)} %`
}
