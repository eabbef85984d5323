import { instantText, dateText, microsAt, secondsAt, lanes } from "@sojourn/core"
import { DateDay, type RecordBatch, Timestamp } from "apache-arrow"
import type { Style } from "./Style.ts"

/** Cells longer than this are cut. */
const widest = 40

/** The rows of a batch as texts, as CSV would write them; null is empty. */
export const batchCells = (batch: RecordBatch): ReadonlyArray<ReadonlyArray<string>> =>
  Array.from({ length: batch.numRows }, (_, row) => batch.data.children.map((_column, column) => cell(batch, column, row)))

const cell = (batch: RecordBatch, column: number, row: number): string => {
  const data = batch.data.children[column]
  if (!data.getValid(row)) return ""
  if (data.type instanceof Timestamp) {
    const words = lanes(data.values)
    return instantText(secondsAt(words, row), microsAt(words, row))
  }
  if (data.type instanceof DateDay) return dateText(data.values[row])
  return String(batch.getChildAt(column)?.get(row))
}

/** A table for the terminal: columns aligned, numbers to the right. */
export const renderTable = (
  header: ReadonlyArray<string>,
  rows: ReadonlyArray<ReadonlyArray<string>>,
  style: Style
): string => {
  const short = (text: string) => {
    const line = text.replaceAll(/\p{Cc}+/gu, " ")
    const characters = [...line]
    return characters.length > widest ? `${characters.slice(0, widest - 1).join("")}…` : line
  }
  const cells = rows.map((row) => row.map(short))
  const widths = header.map((name, i) => Math.max(length(name), ...cells.map((row) => length(row[i]))))
  const right = header.map((_, i) => cells.length > 0 && cells.every((row) => /^-?[\d.,]*$/.test(row[i])))
  const line = (row: ReadonlyArray<string>) =>
    row.map((text, i) => (right[i] ? " ".repeat(widths[i] - length(text)) + text : pad(text, widths[i]))).join("  ").trimEnd()
  return [style.dim(line(header)), ...cells.map(line)].join("\n")
}

const length = (text: string): number => [...text].length
const pad = (text: string, width: number): string => text + " ".repeat(Math.max(0, width - length(text)))
