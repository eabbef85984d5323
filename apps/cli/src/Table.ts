import { dateText, instantText, int64At, lanes, microsAt, secondsAt } from "@sojourn/core"
import { DateDay, Duration, List, type RecordBatch, Timestamp, type Utf8, type Vector } from "apache-arrow"
import { shortText } from "./ShortText.ts"
import type { Style } from "./Style.ts"

/** Cells longer than this are cut. */
const widest = 60

/** A heading and a table below it. `width`: characters of a line, if they are limited. */
export const titled = (
  title: string,
  header: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string>>,
  style: Style,
  width?: number
): string => `${style.bold(title)}\n${renderTable(header, rows, style, width)}`

/** Some columns of a batch as a table with a heading, its cells as CSV would write them; null is empty. */
export const tableText = (
  title: string,
  batch: RecordBatch,
  columns: ReadonlyArray<string>,
  style: Style,
  width?: number
): string => {
  const names = batch.schema.names.map(String)
  const chosen = columns.map((name) => names.indexOf(name))
  const rows = Array.from({ length: batch.numRows }, (_, row) => chosen.map((column) => cell(batch, column, row)))
  return titled(title, columns, rows, style, width)
}

const cell = (batch: RecordBatch, column: number, row: number): string => {
  const data = batch.data.children[column]
  if (!data.getValid(row)) return ""
  if (data.type instanceof Timestamp) {
    const words = lanes(data.values)
    return instantText(secondsAt(words, row), microsAt(words, row))
  }
  if (data.type instanceof DateDay) return dateText(data.values[row])
  if (data.type instanceof Duration) return String(int64At(lanes(data.values), row) / 1e6)
  const value: unknown = batch.getChildAt(column)?.get(row)
  return data.type instanceof List ? [...(value as Vector<Utf8>)].join(";") : String(value)
}

/** A table for the terminal: columns aligned, numbers to the right; columns that do not fit in `width` are left out. */
export const renderTable = (
  header: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string>>,
  style: Style,
  width = Number.POSITIVE_INFINITY
): string => {
  const names = header.map((name) => shortText(name, widest))
  const cells = rows.map((row) => row.map((text) => shortText(text, widest)))
  const widths = names.map((name, i) => Math.max(length(name), ...cells.map((row) => length(row[i]))))
  const right = names.map((_, i) => cells.length > 0 && cells.every((row) => /^-?[\d.,]*$/.test(row[i])))
  const shown = fitting(widths, width)
  const line = (row: ReadonlyArray<string>) => {
    const padded = row.slice(0, shown).map((text, i) => {
      const padding = " ".repeat(widths[i] - length(text))
      return right[i] ? padding + text : text + padding
    })
    return (shown < row.length ? [...padded, "…"] : padded).join("  ").trimEnd()
  }
  return [style.dim(line(names)), ...cells.map(line)].join("\n")
}

/** How many columns of such widths fit in a line, with two blanks between them and room for a `…`; at least one. */
const fitting = (widths: ReadonlyArray<number>, width: number): number => {
  let used = 0
  for (const [i, each] of widths.entries()) {
    used += i === 0 ? each : each + 2
    const room = i === widths.length - 1 ? width : width - 3
    if (used > room && i > 0) return i
  }
  return widths.length
}

const length = (text: string): number => [...text].length
