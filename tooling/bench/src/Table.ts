/** Cells as text; the first row is the header. */
export type Table = ReadonlyArray<ReadonlyArray<string>>

/** A table for a terminal or, as Markdown, for a page: columns of one width, numbers to the right. */
export function formatTable(table: Table, style: "text" | "markdown"): string {
  const [header, ...rows] = table
  const widths = header.map((_, column) => Math.max(3, ...table.map((row) => row[column].length)))
  const isNumber = header.map((_, column) => rows.every((row) => /^[\d.,?]*$/.test(row[column])))
  const line = (row: ReadonlyArray<string>) => {
    const cells = row.map((cell, column) =>
      isNumber[column] ? cell.padStart(widths[column]) : cell.padEnd(widths[column])
    )
    return style === "markdown" ? `| ${cells.join(" | ")} |` : cells.join("  ").trimEnd()
  }
  if (style === "text") return table.map(line).join("\n")
  const rule = widths.map((width, column) => (isNumber[column] ? `${"-".repeat(width - 1)}:` : "-".repeat(width)))
  return [line(header), `| ${rule.join(" | ")} |`, ...rows.map(line)].join("\n")
}
