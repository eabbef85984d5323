import { durationText, type Summary } from "@sojourn/core"
import { compact } from "./Progress.ts"
import { renderTable } from "./Table.ts"
import type { Style } from "./Style.ts"

const count = (value: number): string => value.toLocaleString("en")

/** A summary for a person. `seconds` is how long the run took. */
export const summaryText = (summary: Summary, seconds: number, style: Style): string => {
  const { accounting, duplicates, outputs, sessions, time_span } = summary
  const lines: Array<readonly [string, string]> = [
    ["records", `${count(accounting.read)}${inputText(summary)}`],
    ["accepted", count(accounting.accepted)],
    ["rejected", `${count(accounting.rejected)}${share(accounting.rejected, accounting.read)}`],
    ...summary.rejected_by.slice(0, 8).map(({ count: times, reason }) => ["", `${count(times)} × ${reason}`] as const),
    ["duplicates", `${count(duplicates.removed)}${duplicates.conflicting > 0 ? ` (${count(duplicates.conflicting)} differ in other columns)` : ""}`],
    ["unique", count(accounting.unique)],
    ["users", count(summary.users)]
  ]
  if (sessions !== null) {
    lines.push(["sessions", count(sessions.count)])
    if (sessions.median_duration_sec !== null && sessions.p90_duration_sec !== null) {
      const quantiles = [sessions.median_duration_sec, sessions.p90_duration_sec].map(seconds2)
      lines.push(["duration", `median ${quantiles[0]}, 90th percentile ${quantiles[1]}`])
    }
    if (sessions.ties_decided > 0) lines.push(["ties", `${count(sessions.ties_decided)} decided by place in the input`])
  }
  if (time_span !== null) lines.push(["time span", `${time_span.first} to ${time_span.last}`])
  lines.push(["balance", balance(summary)])
  lines.push(["took", `${seconds.toFixed(2)} s, ${compact(accounting.read / seconds)} records/s`])
  for (const { rows, table, uri } of outputs) lines.push(["wrote", `${uri} (${count(rows)} ${table})`])

  const width = Math.max(...lines.map(([name]) => name.length))
  const text = lines.map(([name, value]) => `${style.dim(name.padEnd(width))}  ${value}`)
  const notes = summary.inputs.flatMap(({ notes, source }) => notes.map((note) => `${style.dim(source)}: ${note}`))
  const warnings = summary.warnings.map((warning) => `${style.yellow("warning")}  ${warning}`)
  return [...warnings, ...(warnings.length > 0 ? [""] : []), ...text, ...(notes.length > 0 ? ["", ...notes.slice(0, 10)] : [])].join("\n")
}

const inputText = ({ inputs }: Summary): string =>
  inputs.length === 1 ? ` from ${inputs[0].source}` : ` from ${count(inputs.length)} files`

const share = (part: number, whole: number): string => (part === 0 ? "" : ` (${((100 * part) / whole).toFixed(2)} %)`)

const seconds2 = (seconds: number): string => {
  if (seconds === 0) return "0s"
  return seconds < 60 ? `${Number(seconds.toPrecision(3))}s` : durationText(Math.round(seconds) * 1e6)
}

/** Where every record went, in one line. */
export const balance = ({ accounting: a }: Summary): string => {
  const inSessions = a.in_sessions === null ? "" : `; ${count(a.unique)} = ${count(a.in_sessions)} in sessions`
  return (
    `read ${count(a.read)} = ${count(a.accepted)} accepted + ${count(a.rejected)} rejected; ` +
    `${count(a.accepted)} = ${count(a.unique)} unique + ${count(a.duplicates)} duplicates${inSessions}`
  )
}

/** A heading and a table below it. */
export const titled = (title: string, header: ReadonlyArray<string>, rows: ReadonlyArray<ReadonlyArray<string>>, style: Style): string =>
  `${style.bold(title)}\n${renderTable(header, rows, style)}`
