import type { Report, ReportTables } from "@sojourn/core"
import { cellText } from "./cells.ts"
import { escapeMarkdown } from "./escape.ts"

type Text = Extract<Report["parts"][number], { readonly part: "text" }>

/** The Markdown of a text with its values: those of the first rows, empty where there is none. */
export const filledText = ({ spans }: Text, tables: ReportTables): string =>
  spans
    .map((span) => {
      if (typeof span === "string") return span
      const rows = tables.get(span.table)?.rows
      return rows === undefined || rows.numRows === 0 ? "" : escapeMarkdown(cellText(rows, span.column, 0))
    })
    .join("")
