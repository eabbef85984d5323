import { bindingValues, type JoinedPlan, localEngine, type Plan, type RunResult, type Summary } from "@sojourn/core"
import {
  checkTargets,
  Commit,
  filesOfDivided,
  formatsOf,
  eventBytesOf,
  isStandardOutput,
  NodeConnections,
  openState,
  recoverTargets,
  threadCrew,
  type ThreadPool
} from "@sojourn/node"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import packageJson from "../package.json" with { type: "json" }
import { type Advice, adviceFor } from "./Advice.ts"
import { ThresholdPassed, UsageError } from "./Failure.ts"
import { findingText } from "./FindingsText.ts"
import { ProgressLine } from "./Progress.ts"
import { printedHead, printedText, unsaidText } from "./Printed.ts"
import { profileText } from "./ProfileText.ts"
import type { RunSettings, StateSettings } from "./RunFlags.ts"
import { shortText } from "./ShortText.ts"
import { styleFor, widthOf } from "./Style.ts"
import { count, summaryText } from "./SummaryText.ts"
import { tableText } from "./Table.ts"

/** Rows of the sessions shown below a summary. */
const shownRows = 5

/** Findings that the message of a failed run tells; the summary tells all. */
const toldFindings = 10

/** How a step is shown among others. */
export interface StepDisplay {
  readonly name: string
  readonly isFirst: boolean
  /** Takes its summary where all are printed together, as JSON. */
  readonly takeSummary: (summary: object) => void
}

/** How one of the plans is shown that are joined. */
export interface PartDisplay {
  /** Show the first sessions. */
  readonly sessions: boolean
  /** Which step of a spec it is, if it has steps. */
  readonly step?: StepDisplay
}

/** How a plan of a spec is shown: with the first sessions, unless it writes them. */
export const specDisplay = ({ write }: Plan): PartDisplay => ({
  sessions: !write.some(({ table }) => table === "sessions")
})

/** How a run is shown, besides the flags, and what is around it. */
export interface Display {
  readonly parts: readonly [PartDisplay, ...ReadonlyArray<PartDisplay>]
  /** What to change when too many records are rejected. */
  readonly advice: Advice
  readonly state?: StateSettings | undefined
  /** The steps around it, if it is a part of them. */
  readonly steps?: {
    /** Directories that those before it divide rows into; there is none where there were no rows. */
    readonly divided: ReadonlyArray<string>
    /** The threads of all of them. */
    readonly threads: ThreadPool
  }
}

/** Runs a plan, prints its summary, and fails with {@link ThresholdPassed} when too much was rejected. */
export const execute = (plan: Plan, settings: RunSettings, display: Display) =>
  executeJoined({ plan, parts: [plan] }, settings, display)

/** The same for plans that are joined: when too much was rejected, those after it make nothing. */
export const executeJoined = Effect.fn("execute")(function* (
  { parts, plan }: JoinedPlan,
  settings: RunSettings,
  display: Display
) {
  if (display.state !== undefined && plan.range !== null) {
    const hint = "leave out the range, or the state: both spare what has not changed"
    return yield* new UsageError({
      message: "--state is for specs without a range: it keeps events of all dates",
      hint
    })
  }
  const formats = yield* formatsOf(plan)
  yield* recoverTargets(plan, formats, display.state?.directory)
  const findFiles = filesOfDivided(display.steps?.divided ?? [])
  yield* checkTargets(plan, formats, findFiles)
  const bindings = bindingValues(plan, process.env)
  const commit = new Commit(formats)
  const state =
    display.state &&
    (yield* openState(plan, {
      ...display.state,
      release: packageJson.version,
      bindings,
      asOfMicros: settings.asOfMicros,
      formats,
      commit
    }))
  const line = !settings.quiet && process.stderr.isTTY ? new ProgressLine(process.stderr) : undefined
  const printed = printedHead(plan.print)
  const showsSessions = (part: number) =>
    display.parts[part].sessions && parts[part].print === null && plan.range === null
  const started = yield* Clock.currentTimeMillis
  let began = started
  let part = 0
  const told = Effect.fnUntraced(function* (result: RunResult) {
    line?.clear()
    const now = yield* Clock.currentTimeMillis
    const seconds = (now - began) / 1000
    began = now
    const own = part++
    show(parts[own], result, settings, seconds, { ...display.parts[own], sessions: showsSessions(own) })
    if (settings.profile && part === parts.length)
      process.stderr.write(`\n${profileText(result.stages, (now - started) / 1000, settings.threads)}\n`)
    yield* judge(parts[own], result.summary, settings.maxRejects, display.advice)
    yield* judgeFindings(result.summary)
  })
  let failed: Exit.Exit<void, ThresholdPassed> | undefined
  const turns = {
    outputs: parts.map(({ write }) => write.length),
    done: (result: RunResult) =>
      Effect.map(Effect.exit(told(result)), (exit) => {
        if (Exit.isFailure(exit)) failed = exit
        return Exit.isSuccess(exit)
      })
  }
  const result = yield* localEngine
    .run(plan, {
      asOfMicros: settings.asOfMicros,
      bindings,
      turns,
      mark: { id: settings.runId, nowMicros: () => Date.now() * 1000 },
      ...(settings.profile ? { clock: () => performance.now() } : {}),
      crew: threadCrew({
        formats,
        threads: settings.threads,
        eventBytes: eventBytesOf(settings.memoryBytes),
        ...(display.steps && { pool: display.steps.threads }),
        ...(state && { state: state.events })
      }),
      ...(state && { state }),
      head: {
        rows: Math.max(shownRows, printed.rows),
        tables: [...printed.tables, ...(parts.some((_, i) => showsSessions(i)) ? ["sessions"] : [])]
      },
      onProgress: (progress) => line?.update(progress)
    })
    .pipe(
      Effect.provide(NodeConnections.layer(formats, { commit, findFiles, former: state?.formerFiles })),
      Effect.ensuring(Effect.sync(() => line?.clear()))
    )
  yield* failed ?? told(result)
}, Effect.scoped)

/** Results go to standard output, unless the data goes there. */
const show = (
  plan: Plan,
  { heads, summary }: RunResult,
  settings: RunSettings,
  seconds: number,
  { sessions: showsSessions, step }: PartDisplay
): void => {
  if (settings.quiet) return
  const isDataOnStdout = plan.write.some(({ uri }) => isStandardOutput(uri))
  const stream = isDataOnStdout ? process.stderr : process.stdout
  if (settings.summary === "json") {
    if (step === undefined) stream.write(`${JSON.stringify({ ...summary, seconds }, null, 2)}\n`)
    else step.takeSummary({ step: step.name, ...summary, seconds })
    return
  }
  const style = styleFor(stream, process.env)
  const width = widthOf(stream)
  const print = plan.print ?? { summary: ["summary" as const], tables: [] }
  const items = settings.summary === "none" ? print.tables : [...print.summary, ...print.tables]
  const text = printedText(items, { heads, style, width, summary: () => summaryText(summary, seconds, style) })
  const title = step === undefined ? "" : `${step.isFirst ? "" : "\n"}${style.bold(step.name)}\n`
  if (text !== "") stream.write(`${title}${text}\n`)
  if (settings.summary !== "none" && !items.includes("summary")) {
    process.stderr.write(unsaidText(summary, styleFor(process.stderr, process.env)))
  }
  const sessions = heads.get("sessions")
  const isShown = showsSessions && settings.summary !== "none" && !isDataOnStdout
  if (!isShown || sessions === undefined || sessions.numRows === 0) return
  const columns = sessions.schema.names.map(String).filter((name) => !unshown.has(name))
  stream.write(`\n${tableText("first sessions", sessions, columns, style, width)}\n`)
}

/** Too wide for a terminal, or derived from what is shown. */
const unshown = new Set(["session_id", "previous_session_end", "next_session_start", "is_open", "date"])

const judge = (plan: Plan, summary: Summary, limit: RunSettings["maxRejects"], advice: Advice) => {
  const { accepted, read, rejected } = summary.accounting
  const [top] = summary.rejected_by
  const samples = top === undefined ? "" : `: ${count(top.count)} × ${top.reason}${suchAs(top.samples)}`
  const hint = adviceFor(plan, top, advice)
  if (read > 0 && accepted === 0) {
    return Effect.fail(
      new ThresholdPassed({ message: `none of ${count(read)} records could be accepted${samples}`, hint })
    )
  }
  if (limit === undefined) return Effect.void
  const [most, text] =
    "percent" in limit ? [(limit.percent / 100) * read, `${limit.percent} %`] : [limit.records, count(limit.records)]
  if (rejected <= most) return Effect.void
  return Effect.fail(
    new ThresholdPassed({
      message: `${count(rejected)} of ${count(read)} records were rejected, more than ${text}${samples}`,
      hint
    })
  )
}

const judgeFindings = ({ findings }: Summary) => {
  const failed = findings.filter(({ outcome }) => outcome === "failed")
  if (failed.length === 0) return Effect.void
  const what = failed.length === 1 ? "a check failed" : `${count(failed.length)} findings of checks failed`
  const told = failed.slice(0, toldFindings).map(findingText)
  const more = failed.length > toldFindings ? [`and ${count(failed.length - toldFindings)} more`] : []
  return Effect.fail(new ThresholdPassed({ message: [what, ...told, ...more].join("\n  ") }))
}

/** Of what is missing, or nobody may see, there are no samples. */
const suchAs = (samples: ReadonlyArray<string>): string =>
  samples.length === 0 ? "" : `, such as ${samples.map((sample) => `"${shortText(sample, 60)}"`).join(", ")}`
