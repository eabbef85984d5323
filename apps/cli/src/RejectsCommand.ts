import { nearest } from "@sojourn/core"
import { type Call, loadPlan, type Quarantined, readQuarantine, specFile } from "@sojourn/node"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import { resolve } from "node:path"
import { specAdvice } from "./Advice.ts"
import { execute, specDisplay } from "./Execute.ts"
import { UsageError } from "./Failure.ts"
import { runFlags, runSettings } from "./RunFlags.ts"
import { shortText } from "./ShortText.ts"
import { type Style, styleFor } from "./Style.ts"
import { count } from "./SummaryText.ts"

const stateArgument = Argument.String("dir").pipe(
  Argument.withDescription("The directory that was given to sojourn run with --state")
)

const show = Command.make(
  "show",
  { dir: stateArgument },
  Effect.fn("rejects show")(function* ({ dir }) {
    const { reasons } = yield* readQuarantine(dir)
    const style = styleFor(process.stdout, process.env)
    process.stdout.write(`${quarantineText(dir, reasons, style)}\n`)
  })
).pipe(Command.withDescription("The rejected records by reason, with samples and where they stand"))

const replay = Command.make(
  "replay",
  {
    dir: stateArgument,
    set: Flag.String("set").pipe(
      Flag.withMetavar("FIELD=VALUE"),
      Flag.withDescription("Give this text to a field in records that were rejected because of it (may come again)"),
      Flag.atLeast(0)
    ),
    ...runFlags
  },
  Effect.fn("rejects replay")(function* (flags) {
    const settings = yield* runSettings(flags)
    const directory = resolve(flags.dir)
    const { call } = yield* readQuarantine(directory)
    yield* enter(call.directory)
    const plan = yield* loadPlan(yield* specFile(call.spec), { params: call.params, env: process.env })
    const fix = yield* fixOf(
      flags.set,
      plan.scan.columns.map(({ name }) => name)
    )
    yield* execute(plan, settings, {
      parts: [specDisplay(plan)],
      advice: specAdvice,
      state: { directory, prune: false, call, fix }
    })
  })
).pipe(
  Command.withDescription(
    "Run the rejected records again, corrected with --set or by a changed spec: those that fit now take their first place"
  ),
  Command.withExamples([
    {
      command: "sojourn rejects replay state --set user_id=unknown",
      description: "Take records without a user as those of one user"
    }
  ])
)

/** `sojourn rejects`: what a state has in quarantine. */
export const rejectsCommand = Command.make("rejects").pipe(
  Command.withDescription("The rejected records that a state keeps"),
  Command.withSubcommands([show, replay])
)

/** Paths mean what they meant when the run was called. */
const enter = (directory: string): Effect.Effect<void, UsageError> =>
  Effect.try({
    try: () => process.chdir(directory),
    catch: () =>
      new UsageError({
        message: `the run was called in ${directory}, which is not there`,
        hint: "run the spec again from where it is now, with --state"
      })
  })

/** The values by field. */
const fixOf = (
  given: ReadonlyArray<string>,
  fields: ReadonlyArray<string>
): Effect.Effect<Call["params"], UsageError> => {
  const fix: Record<string, string> = {}
  for (const text of given) {
    const [, field = "", value = ""] = /^([^=]+)=(.*)$/s.exec(text) ?? []
    if (field === "") return wrong(`--set: expected a field and its value, such as user_id=unknown, found "${text}"`)
    if (!fields.includes(field)) {
      const meant = nearest(field, fields)
      const hint = meant === undefined ? `; expected ${fields.join(", ")}` : ` (did you mean "${meant}"?)`
      return wrong(`--set: the spec reads no field "${field}"${hint}`)
    }
    fix[field] = value
  }
  return Effect.succeed(fix)
}

const wrong = (message: string) => Effect.fail(new UsageError({ message }))

/** What is in a quarantine, for a person. */
const quarantineText = (directory: string, reasons: ReadonlyArray<Quarantined>, style: Style): string => {
  const total = reasons.reduce((sum, reason) => sum + reason.count, 0)
  if (total === 0) return `${directory} has no rejected records`
  const parts = reasons.map(({ code, count: times, field, reason, samples }) => {
    const where = field === null ? code : `${code}, field ${field}`
    const lines = samples.map(({ event, line, source, value }) => {
      const place = line === null ? `${source}, record ${count(event)}` : `${source}:${line}`
      return `  ${place}  ${value === null ? style.dim("no value") : JSON.stringify(shortText(value, 60))}`
    })
    return [`${count(times)} × ${shortText(reason, 100)} ${style.dim(`(${where})`)}`, ...lines].join("\n")
  })
  const field = reasons.find((reason) => reason.field !== null)?.field ?? undefined
  const hint =
    field === undefined
      ? "correct them in the inputs, and run the spec again with --state"
      : `correct them in the inputs or the spec, or: sojourn rejects replay ${directory} --set ${field}=…`
  const title = `${count(total)} rejected ${total === 1 ? "record" : "records"} in ${directory}`
  return [style.bold(title), ...parts, style.dim(hint)].join("\n\n")
}
