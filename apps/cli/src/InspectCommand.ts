import { type ColumnProfile, durationText, localEngine, sessionsSpec, type Summary } from "@sojourn/core"
import { formatsOf, type InputSample, loadPlan, NodeConnections, sampleInputs } from "@sojourn/node"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Result from "effect/Result"
import { guessText } from "./GuessText.ts"
import { inputFlags, inputFormat } from "./InputFlags.ts"
import { shortText } from "./ShortText.ts"
import { type Style, styleFor, widthOf } from "./Style.ts"
import { count } from "./SummaryText.ts"
import { titled } from "./Table.ts"

const shownSamples = 3
const sampleWidth = 26
const barWidth = 40

/** `sojourn inspect FILE`: what is in it, before anything is decided. */
export const inspectCommand = Command.make(
  "inspect",
  {
    file: Argument.String("file").pipe(
      Argument.withDescription("A JSON, CSV, Parquet or access log file, a directory, a glob, or - for standard input")
    ),
    ...inputFlags
  },
  Effect.fn("inspect")(function* (flags) {
    const format = yield* inputFormat(flags)
    const sample = yield* sampleInputs([flags.file], format ?? null)
    const style = styleFor(process.stdout, process.env)
    const print = (text: string) => process.stdout.write(`${text}\n`)
    print(`${style.bold(flags.file)}  ${[...sample.notes, sampleText(sample)].join("; ")}`)
    if (sample.columns.length > 0) {
      const header = ["column", "type", "filled", "distinct", "samples"]
      print(`\n${titled("columns", header, sample.columns.map(columnRow), style, widthOf(process.stdout))}`)
    }
    if (sample.headerless !== undefined) {
      print(
        "\nthe first row looks like data, not like names\n  say what it is: --header none, --header NAME,NAME,…, or --header first"
      )
      return
    }
    if (sample.records === 0) return

    const now = yield* Clock.currentTimeMillis
    const spec = sessionsSpec(
      {
        ...unsaid,
        inputs: [flags.file],
        format: format && { name: format.name, ...format.options }
      },
      sample,
      now / 1000
    )
    if (Result.isFailure(spec)) {
      print(`\n${spec.failure.message}\n  ${spec.failure.hint}`)
      return
    }
    print(`\n${guessText(spec.success.notes, style)}`)
    const plan = yield* loadPlan({ file: "the guessed spec", text: spec.success.text }, { params: {}, env: {} })
    const { summary } = yield* localEngine
      .run(plan, { asOfMicros: now * 1000, dryRun: true, gaps: true })
      .pipe(Effect.provide(NodeConnections.layer(yield* formatsOf(plan))))
    print(`\n${factsText(summary, style)}`)
  })
).pipe(
  Command.withDescription("Columns, types, samples, a guessed mapping, the time span and the times between events")
)

/** Everything is left to the guess; without a gap nothing is cut. */
const unsaid = {
  user: undefined,
  time: undefined,
  timeFormat: undefined,
  timezone: undefined,
  type: undefined,
  gap: "none",
  boundary: "merge",
  dedupe: undefined,
  columns: undefined,
  out: undefined,
  events: undefined,
  rejects: undefined
} as const

const sampleText = ({ records, rejected, whole }: InputSample): string => {
  const bad = rejected === 0 ? "" : `, ${count(rejected)} unreadable`
  return `${whole ? "" : "first "}${count(records)} records${bad}`
}

const decoder = new TextDecoder()

const columnRow = ({ distinct, filled, kind, path, records, values }: ColumnProfile): ReadonlyArray<string> => {
  const samples = new Set<string>()
  for (const value of values) {
    if (samples.size === shownSamples) break
    samples.add(shortText(decoder.decode(value), sampleWidth))
  }
  const share = records === 0 ? "" : `${Math.floor((100 * filled) / records)} %`
  return [path, kind, share, count(distinct), [...samples].join(", ")]
}

const factsText = (summary: Summary, style: Style): string => {
  const { accounting, gaps, rejected_by, time_span, users } = summary
  const lines = [
    `${style.dim("records")}    ${count(accounting.read)}, ${count(accounting.rejected)} rejected, ${count(accounting.duplicates)} duplicates`,
    ...rejected_by.slice(0, 5).map((by) => `           ${count(by.count)} × ${shortText(by.reason, 100)}`),
    `${style.dim("users")}      ${count(users)}`,
    ...(time_span === null ? [] : [`${style.dim("time span")}  ${time_span.first} to ${time_span.last}`])
  ]
  const most = Math.max(...gaps.map((gap) => gap.count))
  if (most === 0) return lines.join("\n")
  const shown = gaps.slice(
    gaps.findIndex((gap) => gap.count > 0),
    gaps.findLastIndex((gap) => gap.count > 0) + 1
  )
  const widest = Math.max(...shown.map((gap) => count(gap.count).length))
  const bars = shown.map(({ count: events, up_to_sec }) => {
    const label = up_to_sec === null ? "longer" : `≤ ${durationText(up_to_sec * 1e6)}`
    const bar = "█".repeat(Math.round((events / most) * barWidth)) || (events > 0 ? "▏" : "")
    return `  ${label.padEnd(8)}  ${count(events).padStart(widest)}  ${bar}`.trimEnd()
  })
  return [...lines, "", style.bold("time between a user's events"), ...bars].join("\n")
}
