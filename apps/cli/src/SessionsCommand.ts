import { durationExpected, durationMicros, sessionsSpec } from "@sojourn/core"
import { type InputSample, loadPlan, sampleInputs } from "@sojourn/node"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { flagAdvice } from "./Advice.ts"
import { execute } from "./Execute.ts"
import { UsageError } from "./Failure.ts"
import { flagError } from "./FlagErrors.ts"
import { guessText } from "./GuessText.ts"
import { inputFlags, inputFormat } from "./InputFlags.ts"
import { runFlags, runSettings } from "./RunFlags.ts"
import { shortText } from "./ShortText.ts"
import { styleFor } from "./Style.ts"

const text = (name: string, metavar: string, description: string) =>
  Flag.String(name).pipe(Flag.withMetavar(metavar), Flag.withDescription(description), Flag.optional)

/** `sojourn sessions FILE…`: sessions without a spec. */
export const sessionsCommand = Command.make(
  "sessions",
  {
    files: Argument.String("file").pipe(
      Argument.withDescription("JSON, CSV, Parquet or access log files, directories, globs, or - for standard input"),
      Argument.variadic({ min: 1 })
    ),
    gap: Flag.String("gap").pipe(
      Flag.withMetavar("DURATION"),
      Flag.withDescription("A longer time without events ends a session: 500ms, 45s, 30m, 1h, 1d, none (default 30m)"),
      Flag.withDefault("30m")
    ),
    boundary: Flag.Literals("boundary", ["merge", "split"]).pipe(
      Flag.withDescription("Whether a gap of exactly that length keeps the session (merge, the default) or ends it"),
      Flag.withDefault("merge")
    ),
    user: text("user", "COL", "Column of the user; several make a key: ip,agent"),
    time: text("time", "COL", "Column of the time"),
    timeFormat: text(
      "time-format",
      "F",
      "iso8601, epoch_s, epoch_ms, epoch_us, epoch_ns, or a pattern such as dd/MM/yyyy HH:mm:ss"
    ),
    timezone: text("timezone", "Z", "Zone of times that name none, such as Europe/Berlin (default UTC)"),
    type: text("type", "COL", "Column of the kind of event"),
    dedupe: text(
      "dedupe",
      "KEY",
      "What makes events of a user the same: record, id, none, or columns and roles: user,time,type (default: id if there is one, else record)"
    ),
    columns: text("columns", "COLS", "Columns and roles that --events writes: user,time,type,page"),
    ...inputFlags,
    out: text("out", "F", "Write the sessions here: .csv .tsv .json .jsonl .parquet, or - for standard output"),
    events: text("events", "F", "Write the unique events here, each with its session's id"),
    rejects: text("rejects", "F", "Write the rejected records here, with reason and place"),
    printSpec: Flag.Boolean("print-spec").pipe(
      Flag.withDescription("Print the spec that does the same, and stop"),
      Flag.withDefault(false)
    ),
    ...runFlags
  },
  Effect.fn("sessions")(function* (flags) {
    if (flags.gap !== "none" && durationMicros(flags.gap) === undefined) {
      return yield* new UsageError({ message: `--gap: expected none or ${durationExpected}, found "${flags.gap}"` })
    }
    const settings = yield* runSettings(flags)
    const format = yield* inputFormat(flags)
    const given = Option.getOrUndefined
    const lists = yield* Effect.all({
      user: list("user", flags.user),
      dedupe: list("dedupe", flags.dedupe),
      columns: list("columns", flags.columns)
    })
    const sample = yield* sampleInputs(flags.files, format ?? null)
    yield* checkHeader(sample)
    const nowSeconds = (yield* Clock.currentTimeMillis) / 1000
    const dedupe = given(flags.dedupe)
    const spec = yield* Effect.fromResult(
      sessionsSpec(
        {
          inputs: flags.files,
          format: format && { name: format.name, ...format.options },
          user: lists.user,
          time: given(flags.time),
          timeFormat: given(flags.timeFormat),
          timezone: given(flags.timezone),
          type: given(flags.type),
          gap: flags.gap,
          boundary: flags.boundary,
          dedupe: dedupe !== undefined && ["record", "id", "none"].includes(dedupe) ? dedupe : lists.dedupe,
          columns: lists.columns,
          out: given(flags.out),
          events: given(flags.events),
          rejects: given(flags.rejects)
        },
        sample,
        nowSeconds
      )
    )
    const plan = yield* loadPlan({ file: "flags", text: spec.text }, { params: {}, env: {} }).pipe(
      Effect.mapError((error) => flagError(spec.text, error))
    )
    if (!flags.quiet && spec.notes.length > 0)
      process.stderr.write(`${guessText(spec.notes, styleFor(process.stderr, process.env))}\n\n`)
    if (flags.printSpec) process.stdout.write(spec.text)
    else yield* execute(plan, settings, { parts: [{ sessions: true }], advice: flagAdvice })
  })
).pipe(
  Command.withDescription("Cut events into sessions; what is not said is guessed and printed"),
  Command.withExamples([
    { command: "sojourn sessions events.jsonl", description: "A summary and the first sessions" },
    {
      command: "sojourn sessions *.csv.gz --gap 20m --out sessions.csv --rejects bad.csv",
      description: "Write sessions and rejects"
    }
  ])
)

const list = (
  flag: string,
  value: Option.Option<string>
): Effect.Effect<ReadonlyArray<string> | undefined, UsageError> => {
  if (Option.isNone(value)) return Effect.undefined
  const items = value.value
    .split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "")
  return items.length > 0
    ? Effect.succeed(items)
    : Effect.fail(new UsageError({ message: `--${flag}: expected a column` }))
}

const checkHeader = ({ headerless }: InputSample) => {
  if (headerless === undefined) return Effect.void
  const names = headerless.firstRow.slice(0, 6).map((name) => shortText(name, 40))
  return Effect.fail(
    new UsageError({
      message: `the first row of ${headerless.path} looks like data, not like names: ${names.join(", ")}`,
      hint: "say what it is: --header none (the columns are then c1, c2, …), --header NAME,NAME,…, or --header first if these are the names"
    })
  )
}
