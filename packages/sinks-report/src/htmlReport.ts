import type { Report, ReportTables } from "@sojourn/core"
import { Marked } from "marked"
import { type ShownTable, shownTable } from "./cells.ts"
import { chartData, chartTable } from "./chartData.ts"
import { drawChart } from "./drawChart.ts"
import { escapeHtml } from "./escape.ts"
import { filledText } from "./filledText.ts"
import { style } from "./style.ts"

/** Links that may stand in a page; whatever else has a scheme may run something. */
const goodLink = /^(?:https?:|mailto:|[^:]*(?:[/?#]|$))/i

const marked = new Marked({
  gfm: true,
  renderer: {
    html: ({ text }) => escapeHtml(text),
    image: ({ text }) => escapeHtml(text),
    link({ href, tokens }) {
      const text = this.parser.parseInline(tokens)
      return goodLink.test(href) ? `<a href="${escapeHtml(href)}">${text}</a>` : text
    }
  }
})

/** One page, complete in itself: no script, nothing that is loaded from elsewhere. */
export const htmlReport = ({ parts, title }: Report, tables: ReportTables): string => {
  const body = parts.map((part, i) => {
    switch (part.part) {
      case "text":
        return marked.parse(filledText(part, tables), { async: false }).trim()
      case "table":
        return figure(part.title, tableHtml(shownTable(tables, part)))
      case "chart": {
        const data = chartData(part, tables)
        const table = tableHtml(chartTable(data))
        if (data.series.length === 0) return figure(part.title, table)
        const more = `<details><summary>Data</summary>${table}</details>`
        return figure(part.title, `${drawChart(data, `c${i}`)}${more}`)
      }
    }
  })
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>
${style}</style>
</head>
<body>
<main>
${body.join("\n")}
</main>
</body>
</html>
`
}

const figure = (title: string | null, content: string): string =>
  `<figure>${title === null ? "" : `<figcaption>${escapeHtml(title)}</figcaption>`}${content}</figure>`

const tableHtml = ({ columns, note, rows }: ShownTable): string => {
  const cell = (tag: "th" | "td", text: string, column: number) =>
    `<${tag}${columns[column].isNumber ? ' class="n"' : ""}>${escapeHtml(text)}</${tag}>`
  const head = columns.map(({ name }, i) => cell("th", name, i)).join("")
  const body = rows.map((row) => `<tr>${row.map((text, i) => cell("td", text, i)).join("")}</tr>`)
  const more = rows.length === 0 ? "no rows" : note
  return (
    `<div class="table"><table><thead><tr>${head}</tr></thead><tbody>\n${body.join("\n")}\n</tbody></table></div>` +
    (more === undefined ? "" : `<p class="note">${escapeHtml(more)}</p>`)
  )
}
