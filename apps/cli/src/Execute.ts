import { localEngine, timeTextMicros, type Plan, type RunResult, type Summary } from "@sojourn/core"
import { NodeConnections } from "@sojourn/node"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { ThresholdPassed, UsageError } from "./Failure.ts"
import { ProgressLine } from "./Progress.ts"
import type { RunSettings } from "./RunFlags.ts"
import { styleFor } from "./Style.ts"
import { summaryText, titled } from "./SummaryText.ts"
import { batchCells } from "./Table.ts"

/** Rows of the sessions shown below a summary. */
const shownRows = 5

/** How a run is shown, besides the flags. */
export interface Display {
  /** Show the first sessions. */
  readonly sessions: boolean
  /** The flag to try when nothing could be accepted, by the column at fault. */
  readonly advice: (field: string | null) => string
}

/** Runs a plan, prints its summary, and fails with {@link ThresholdPassed} when too much was rejected. */
export const execute = Effect.fn("execute")(function*(plan: Plan, settings: RunSettings, display: Display) {
  const limit = yield* rejectLimit(settings.maxRejects)
  const asOfMicros = yield* asOf(settings.asOf)
  const toStdout = plan.write.filter(({ uri }) => uri === "-")
  if (toStdout.length > 1) {
    const tables = toStdout.map(({ table }) => table).join(" and ")
    return yield* new UsageError({ message: `only one output can go to standard output, not ${tables}` })
  }
  const showProgress = !settings.quiet && process.stderr.isTTY
  const line = showProgress ? new ProgressLine(process.stderr) : undefined
  const started = yield* Clock.currentTimeMillis
  const result = yield* localEngine
    .run(plan, { asOfMicros, head: { rows: shownRows, tables: display.sessions ? ["sessions"] : [] }, onProgress: (progress) => line?.update(progress) })
    .pipe(Effect.provide(NodeConnections.layer), Effect.ensuring(Effect.sync(() => line?.clear())))
  const seconds = ((yield* Clock.currentTimeMillis) - started) / 1000
  show(result, settings, seconds, toStdout.length > 0)
  yield* judge(result.summary, limit, display)
})

/** Results go to standard output, unless the data goes there. */
const show = (
  { heads, summary }: RunResult,
  settings: RunSettings,
  seconds: number,
  dataOnStdout: boolean
): void => {
  if (settings.quiet || settings.noSummary || settings.summary === "none") return
  const stream = dataOnStdout ? process.stderr : process.stdout
  if (settings.summary === "json") {
    stream.write(`${JSON.stringify({ ...summary, seconds }, null, 2)}\n`)
    return
  }
  const style = styleFor(stream, process.env)
  stream.write(`${summaryText(summary, seconds, style)}\n`)
  const sessions = heads.get("sessions")
  if (sessions === undefined || sessions.numRows === 0) return
  const names = sessions.schema.names.map(String)
  const shown = names.filter((name) => !unshown.has(name))
  const cells = batchCells(sessions).map((row) => row.filter((_, i) => shown.includes(names[i])))
  stream.write(`\n${titled("first sessions", shown, cells, style)}\n`)
}

/** Too wide for a terminal, or derived from what is shown. */
const unshown = new Set(["session_id", "previous_session_end", "next_session_start", "is_open", "date"])

const judge = (summary: Summary, limit: number | { readonly percent: number } | undefined, display: Display) => {
  const { accepted, read, rejected } = summary.accounting
  const top = summary.rejected_by[0]
  const samples = top === undefined ? "" : `: ${top.count.toLocaleString("en")} × ${top.reason}, such as ${quoted(top.samples)}`
  if (read > 0 && accepted === 0) {
    return Effect.fail(
      new ThresholdPassed({ message: `none of ${read.toLocaleString("en")} records could be accepted${samples}`, hint: display.advice(top?.field ?? null) })
    )
  }
  const most = limit === undefined ? Infinity : typeof limit === "number" ? limit : (limit.percent / 100) * read
  if (rejected <= most) return Effect.void
  const text = typeof limit === "number" ? limit.toLocaleString("en") : `${(limit as { percent: number }).percent} %`
  return Effect.fail(
    new ThresholdPassed({ message: `${rejected.toLocaleString("en")} of ${read.toLocaleString("en")} records were rejected, more than ${text}${samples}`, hint: display.advice(top?.field ?? null) })
  )
}

const quoted = (samples: ReadonlyArray<string>): string =>
  samples.length === 0 ? "no value" : samples.map((sample) => (sample.length > 60 ? `"${sample.slice(0, 60)}…"` : `"${sample}"`)).join(", ")

const rejectLimit = (given: RunSettings["maxRejects"]) => {
  if (Option.isNone(given)) return Effect.succeed(undefined)
  const match = /^(\d+(?:\.\d+)?)(%?)$/.exec(given.value)
  if (match === null || (match[2] === "" && match[1].includes("."))) {
    return Effect.fail(new UsageError({ message: `--max-rejects: expected a number such as 100, or a share such as 5%, found "${given.value}"` }))
  }
  return Effect.succeed(match[2] === "%" ? { percent: Number(match[1]) } : Number(match[1]))
}

const asOf = Effect.fnUntraced(function*(given: RunSettings["asOf"]) {
  if (Option.isNone(given)) return (yield* Clock.currentTimeMillis) * 1000
  const micros = timeTextMicros(given.value)
  if (micros !== undefined) return micros
  return yield* new UsageError({ message: `--as-of: expected a time such as 2024-07-10T10:00:00Z, found "${given.value}"` })
})
