import type { Report, ReportTables } from "@sojourn/core"
import { type ShownTable, shownTable } from "./cells.ts"
import { type ChartData, chartData, chartTable } from "./chartData.ts"
import { escapeMarkdown } from "./escape.ts"
import { filledText } from "./filledText.ts"

/** Markdown, in which a chart is a table of its points, with bars of characters. */
export const markdownReport = ({ parts }: Report, tables: ReportTables): string => {
  const blocks = parts.map((part) => {
    switch (part.part) {
      case "text":
        return filledText(part, tables).trim()
      case "table":
        return titled(part.title, tableText(shownTable(tables, part)))
      case "chart": {
        const data = chartData(part, tables)
        return titled(part.title, tableText(withBars(chartTable(data), data)))
      }
    }
  })
  return `${blocks.join("\n\n")}\n`
}

const titled = (title: string | null, text: string): string =>
  title === null ? text : `**${escapeMarkdown(title)}**\n\n${text}`

const tableText = ({ columns, note, rows }: ShownTable): string => {
  const line = (cells: ReadonlyArray<string>) => `| ${cells.join(" | ")} |`
  const lines = [
    line(columns.map(({ name }) => escapeMarkdown(name))),
    line(columns.map(({ isNumber }) => (isNumber ? "---:" : "---"))),
    ...rows.map((row) => line(row.map(escapeMarkdown)))
  ]
  const more = rows.length === 0 ? "no rows" : note
  return [...lines, ...(more === undefined ? [] : ["", `_${more}_`])].join("\n")
}

const barLength = 24

/** Bars of the first series; none where it has values below 0. */
const withBars = (table: ShownTable, { series }: ChartData): ShownTable => {
  const values = series.at(0)?.values.map((value) => value ?? 0) ?? []
  const most = values.reduce((a, b) => Math.max(a, b), 0)
  if (most === 0 || values.some((value) => value < 0)) return table
  return {
    ...table,
    columns: [...table.columns, { name: " ", isNumber: false }],
    // Whatever is more than nothing is seen.
    rows: table.rows.map((row, i) =>
      row.concat("█".repeat(Math.max(Math.round((values[i] / most) * barLength), values[i] > 0 ? 1 : 0)))
    )
  }
}
