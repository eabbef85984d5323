import { durationText, type Summary } from "@sojourn/core"
import { compact } from "./Progress.ts"
import { shortText } from "./ShortText.ts"
import { findingLines, findingsText } from "./FindingsText.ts"
import type { Style } from "./Style.ts"

/** `1,234`. */
export const count = (value: number): string => value.toLocaleString("en")

/** A summary for a person. `seconds` is how long the run took. */
export const summaryText = (summary: Summary, seconds: number, style: Style): string => {
  const { accounting, duplicates, outputs, sessions, time_span } = summary
  const lines: Array<readonly [string, string]> = [
    ["records", `${count(accounting.read)}${inputText(summary)}`],
    ["accepted", count(accounting.accepted)],
    ["rejected", `${count(accounting.rejected)}${share(accounting.rejected, accounting.read)}`],
    ...reasons(summary),
    [
      "duplicates",
      `${count(duplicates.removed)}${duplicates.conflicting > 0 ? ` (${count(duplicates.conflicting)} differ in other columns)` : ""}`
    ],
    ...summary.enriched.map((file) => ["joined", joinedText(file)] as const),
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
  if (summary.findings.length > 0) lines.push(["checks", findingsText(summary.findings)])
  lines.push(["took", `${seconds.toFixed(2)} s, ${compact(accounting.read / Math.max(seconds, 0.001))} records/s`])
  for (const { rows, table, uri } of outputs) {
    lines.push([
      "wrote",
      `${uri === "-" ? "standard output" : uri} (${table}, ${count(rows)} ${rows === 1 ? "row" : "rows"})`
    ])
  }
  for (const { name, uri } of summary.reports) lines.push(["wrote", `${uri} (report ${name})`])

  const width = Math.max(...lines.map(([name]) => name.length))
  const text = lines.map(([name, value]) => `${style.dim(name.padEnd(width))}  ${value}`)
  const warnings = summary.warnings.map((warning) => `${style.yellow("warning")}  ${shortText(warning, 200)}`)
  const parts = [warnings, text, findingLines(summary.findings, style), inputNotes(summary, style)].filter(
    (part) => part.length > 0
  )
  return parts.map((part) => part.join("\n")).join("\n\n")
}

/** Of a file that was joined to events: how large it is, and what did not fit. */
const joinedText = ({ doubled, name, records, unmatched, unmatched_keys }: Summary["enriched"][number]): string => {
  const keys = `${count(unmatched_keys)} different ${unmatched_keys === 1 ? "key" : "keys"}`
  return [
    `${name}: ${count(records)} ${records === 1 ? "record" : "records"}`,
    ...(doubled === 0 ? [] : [`${count(doubled)} with the key of an earlier one`]),
    ...(unmatched === 0 ? [] : [`not there for ${count(unmatched)} ${unmatched === 1 ? "event" : "events"} (${keys})`])
  ].join(", ")
}

const mostReasons = 8

const reasons = ({ rejected_by }: Summary): ReadonlyArray<readonly [string, string]> => {
  const shown = rejected_by
    .slice(0, mostReasons)
    .map(({ count: times, reason }) => `${count(times)} × ${shortText(reason, 100)}`)
  const others = rejected_by.length - shown.length
  return (others > 0 ? [...shown, `and ${count(others)} other ${others === 1 ? "reason" : "reasons"}`] : shown).map(
    (text) => ["", text]
  )
}

/** What was decided about the inputs, once for all of which the same can be said. */
const inputNotes = ({ inputs }: Summary, style: Style): ReadonlyArray<string> => {
  const sources = new Map<string, Array<string>>()
  for (const { notes, source } of inputs)
    for (const note of notes) sources.set(note, [...(sources.get(note) ?? []), source])
  const named = (paths: ReadonlyArray<string>) => (paths.length === 1 ? paths[0] : `${count(paths.length)} files`)
  return [...sources].slice(0, 10).map(([note, paths]) => `${style.dim(named(paths))}: ${note}`)
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
  const some = (number: number, what: string) => (number === 0 ? "" : `${count(number)} ${what} + `)
  const more = (number: number, what: string) => (number === 0 ? "" : ` + ${count(number)} ${what}`)
  const sessions = `${count(a.in_sessions ?? 0)} in sessions${more(a.outside, "outside")}${more(a.late, "late")}`
  return (
    `read ${count(a.read)} = ${count(a.accepted)} accepted + ${count(a.rejected)} rejected; ` +
    `${count(a.accepted)} = ${some(a.filtered, "filtered")}${count(a.unique)} unique + ${count(a.duplicates)} duplicates` +
    (a.in_sessions === null ? "" : `; ${count(a.unique)} = ${sessions}`)
  )
}
