import { sessionsSpec, durationMicros, durationExpected } from "@sojourn/core"
import { loadPlan, looksHeaderless, sampleInputs } from "@sojourn/node"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { execute } from "./Execute.ts"
import { UsageError } from "./Failure.ts"
import { guessText } from "./GuessText.ts"
import { inputFlags, inputFormat } from "./InputFlags.ts"
import { runFlags } from "./RunFlags.ts"
import { styleFor } from "./Style.ts"

const text = (name: string, metavar: string, description: string) =>
  Flag.String(name).pipe(Flag.withMetavar(metavar), Flag.withDescription(description), Flag.optional)

/** `sojourn sessions FILE…`: sessions without a spec. */
export const sessionsCommand = Command.make(
  "sessions",
  {
    files: Argument.String("file").pipe(
      Argument.withDescription("JSON or CSV files, directories, or - for standard input"),
      Argument.variadic({ min: 1 })
    ),
    gap: Flag.String("gap").pipe(
      Flag.withMetavar("DURATION"),
      Flag.withDescription("A longer time without events ends a session: 500ms, 45s, 30m, 1h, 1d, none"),
      Flag.withDefault("30m")
    ),
    boundary: Flag.Literals("boundary", ["merge", "split"]).pipe(
      Flag.withDescription("Whether a gap of exactly that length keeps the session or ends it"),
      Flag.withDefault("merge")
    ),
    user: text("user", "COL", "Column of the user; several make a key: ip,agent"),
    time: text("time", "COL", "Column of the time"),
    timeFormat: text("time-format", "F", "iso8601, epoch_s, epoch_ms, epoch_us, epoch_ns, or a pattern such as dd/MM/yyyy HH:mm:ss"),
    timezone: text("timezone", "Z", "Zone of times that name none, such as Europe/Berlin (default UTC)"),
    type: text("type", "COL", "Column of the kind of event"),
    dedupe: text("dedupe", "KEY", "What makes events of a user the same: record, id, none, or columns and roles: user,time,type"),
    columns: text("columns", "COLS", "Columns and roles that --events writes: user,time,type,page"),
    ...inputFlags,
    out: text("out", "F", "Write the sessions here: .csv .tsv .json .jsonl, or - for standard output"),
    events: text("events", "F", "Write the unique events here, each with its session's id"),
    rejects: text("rejects", "F", "Write the rejected records here, with reason and place"),
    printSpec: Flag.Boolean("print-spec").pipe(Flag.withDescription("Print the spec that does the same, and stop"), Flag.withDefault(false)),
    ...runFlags
  },
  Effect.fn("sessions")(function*(flags) {
    if (flags.gap !== "none" && durationMicros(flags.gap) === undefined) {
      return yield* new UsageError({ message: `--gap: expected none or ${durationExpected}, found "${flags.gap}"` })
    }
    const format = inputFormat(flags)
    const sample = yield* sampleInputs(flags.files, format ?? null)
    if (Option.isNone(flags.header) && looksHeaderless(sample)) return yield* headerless(flags.files[0], sample.columns.map(({ path }) => path))
    const nowSeconds = (yield* Clock.currentTimeMillis) / 1000
    const given = Option.getOrUndefined
    const dedupe = given(flags.dedupe)
    const spec = yield* Effect.fromResult(
      sessionsSpec(
        {
          inputs: flags.files,
          format: format && { name: format.name, ...format.options },
          user: list(given(flags.user)),
          time: given(flags.time),
          timeFormat: given(flags.timeFormat),
          timezone: given(flags.timezone),
          type: given(flags.type),
          gap: flags.gap,
          boundary: flags.boundary,
          dedupe: dedupe === undefined || ["record", "id", "none"].includes(dedupe) ? dedupe : list(dedupe),
          columns: list(given(flags.columns)),
          out: given(flags.out),
          events: given(flags.events),
          rejects: given(flags.rejects)
        },
        sample,
        nowSeconds
      )
    )
    if (flags.printSpec) {
      process.stdout.write(spec.text)
      return
    }
    if (!flags.quiet && spec.notes.length > 0) process.stderr.write(`${guessText(spec.notes, styleFor(process.stderr, process.env))}\n\n`)
    const plan = yield* loadPlan({ file: "the spec of these flags", text: spec.text }, { params: {}, env: {} })
    yield* execute(plan, flags, {
      sessions: Option.isNone(flags.out),
      advice: (field) =>
        field === null
          ? "look at them: --rejects rejects.csv"
          : `look at them: --rejects rejects.csv; or change how "${field}" is read: --user, --time, --time-format`
    })
  })
).pipe(
  Command.withDescription("Cut events into sessions; what is not said is guessed and printed"),
  Command.withExamples([
    { command: "sojourn sessions events.jsonl", description: "A summary and the first sessions" },
    { command: "sojourn sessions *.csv.gz --gap 20m --out sessions.csv --rejects bad.csv", description: "Write sessions and rejects" }
  ])
)

const list = (value: string | undefined): ReadonlyArray<string> | undefined =>
  value
    ?.split(",")
    .map((item) => item.trim())
    .filter((item) => item !== "")

const headerless = (file: string, firstRow: ReadonlyArray<string>) =>
  Effect.fail(
    new UsageError({
      message: `the first row of ${file} looks like data, not like names: ${firstRow.slice(0, 6).join(", ")}`,
      hint: `say so: --header none (columns are then c1, c2, …), --header name,name,…, or --header first if these are the names`
    })
  )

