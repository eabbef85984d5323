import type { Print, RunResult, Summary } from "@sojourn/core"
import { findingText } from "./FindingsText.ts"
import { shortText } from "./ShortText.ts"
import type { Style } from "./Style.ts"
import { count } from "./SummaryText.ts"
import { tableText, titled } from "./Table.ts"

type Items = Print["summary"]

/** How things are printed, and what there is to print. */
export interface Printing {
  readonly heads: RunResult["heads"]
  readonly summary: () => string
  readonly style: Style
  /** Characters of a line, if they are limited. */
  readonly width: number | undefined
}

/** The tables that are to be printed, and how many rows of them are needed: one more than is shown tells if there are more. */
export const printedHead = (print: Print | null): { readonly rows: number; readonly tables: ReadonlyArray<string> } => {
  const items = print === null ? [] : [...print.summary, ...print.tables]
  const tables = items.filter((item) => item !== "summary")
  return { rows: Math.max(0, ...tables.map(({ rows }) => rows + 1)), tables: tables.map(({ table }) => table) }
}

/** What a spec has printed, a blank line between two things; empty if it is nothing. */
export const printedText = (items: Items, { heads, style, summary, width }: Printing): string =>
  items
    .map((item) => {
      if (item === "summary") return summary()
      const { columns, rows, table } = item
      const head = heads.get(table)
      if (head === undefined) return titled(table, columns, [], style, width)
      const text = tableText(table, head.slice(0, rows), columns, style, width)
      return head.numRows > rows ? `${text}\n${style.dim(`the first rows only: ${count(rows)}`)}` : text
    })
    .join("\n\n")

/**
 * What must not go unsaid where the summary is not printed: warnings, also of checks, and how many records were rejected.
 * A check that fails is an error, and told with the others.
 */
export const unsaidText = ({ accounting, findings, rejected_by, warnings }: Summary, style: Style): string => {
  const { read, rejected } = accounting
  const reasons = rejected_by
    .slice(0, 3)
    .map(({ count: times, reason }) => `${count(times)} × ${shortText(reason, 100)}`)
  const more = rejected_by.length > reasons.length ? ", …" : ""
  const lines = [
    ...(rejected === 0 ? [] : [`${count(rejected)} of ${count(read)} records rejected: ${reasons.join(", ")}${more}`]),
    ...warnings.map((warning) => shortText(warning, 200)),
    ...findings.flatMap((finding) => (finding.outcome === "warning" ? [findingText(finding)] : []))
  ]
  return lines.map((line) => `${style.yellow("warning")}  ${line}\n`).join("")
}
