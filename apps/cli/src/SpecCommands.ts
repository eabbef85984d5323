import { bindingValues, joinPlans, localEngine, Plan, tableColumns } from "@sojourn/core"
import { checkSpec, formatsOf, loadPlans, NodeConnections, specFile, threadPool } from "@sojourn/node"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { specAdvice } from "./Advice.ts"
import { executeJoined, specDisplay } from "./Execute.ts"
import { UsageError } from "./Failure.ts"
import { runFlags, runSettings, stateFlags, stateSettings } from "./RunFlags.ts"
import { givenParams, type NamedSpec, paramFlags } from "./SpecParams.ts"
import { chosenSteps, stepFlags } from "./Steps.ts"
import { styleFor, widthOf } from "./Style.ts"
import { summaryText } from "./SummaryText.ts"
import { tableText } from "./Table.ts"

const specArgument = Argument.String("spec").pipe(
  Argument.withDescription("A spec file (its path has a / or ends in .yaml, .yml, .json), or the name of a recipe")
)

/** `run`, `lint` and `preview`, with the params of the named spec as flags. */
export const specCommands = (named: NamedSpec | undefined) => {
  const params = named?.params ?? {}
  const flagsOfParams = paramFlags(params)
  const values = (flags: Readonly<Record<string, unknown>>) => ({
    params: givenParams(params, flags),
    env: process.env
  })
  const spec = (argument: string) => (named === undefined ? specFile(argument) : Effect.succeed(named.spec))
  const stepFlag = stepFlags(named?.steps ?? [])
  const load = (flags: { readonly spec: string; readonly step?: Option.Option<string> }) =>
    Effect.flatMap(spec(flags.spec), (file) => loadPlans(file, values(flags))).pipe(
      Effect.flatMap((loaded) => chosenSteps(loaded, Option.getOrUndefined(flags.step ?? Option.none())))
    )

  const run = Command.make(
    "run",
    {
      spec: specArgument,
      explain: Flag.Boolean("explain").pipe(
        Flag.withDescription("Print the plan as JSON, and stop"),
        Flag.withDefault(false)
      ),
      ...stepFlag,
      ...flagsOfParams,
      ...runFlags,
      ...stateFlags
    },
    Effect.fn("run")(function* (flags) {
      const settings = yield* runSettings(flags)
      const state = yield* stateSettings(flags, {
        spec: flags.spec,
        params: givenParams(params, flags),
        directory: process.cwd()
      })
      const loaded = yield* load(flags)
      if (state !== undefined && named !== undefined && named.steps.length > 0) {
        return yield* new UsageError({ message: "--state is for specs without steps" })
      }
      if (flags.explain) {
        const plans = yield* Effect.forEach(loaded, ({ plan }) => Schema.encodeEffect(Plan)(plan)).pipe(Effect.orDie)
        process.stdout.write(`${jsonText(loaded[0].step === undefined ? plans[0] : plans)}\n`)
        return
      }
      const threads = yield* threadPool
      const summaries: Array<object> = []
      const joined = joinPlans(loaded.map(({ plan }) => plan))
      const steps = Effect.forEach(joined, (one, i) => {
        const before = joined.slice(0, i).flatMap(({ parts }) => parts)
        const [first, ...others] = one.parts
        const display = (plan: Plan, at: number) => {
          const name = loaded[before.length + at].step
          return {
            ...specDisplay(plan),
            ...(name !== undefined && {
              step: {
                name,
                isFirst: before.length + at === 0,
                takeSummary: (summary: object) => void summaries.push(summary)
              }
            })
          }
        }
        return executeJoined(one, settings, {
          parts: [display(first, 0), ...others.map((part, at) => display(part, at + 1))],
          advice: specAdvice,
          state,
          ...(loaded[0].step !== undefined && { steps: { divided: before.flatMap(dividedBy), threads } })
        })
      })
      // Also of those steps that were done before one that failed.
      yield* steps.pipe(
        Effect.ensuring(
          Effect.sync(() => {
            if (summaries.length > 0) process.stdout.write(`${jsonText(summaries)}\n`)
          })
        )
      )
    }, Effect.scoped)
  ).pipe(
    Command.withDescription(named?.description ?? "Run a spec or a recipe; its params are flags"),
    Command.withExamples([
      { command: "sojourn recipes", description: "What recipes there are" },
      { command: "sojourn run RECIPE --help", description: "What one of them does, and its flags" }
    ])
  )

  const lint = Command.make(
    "lint",
    { spec: specArgument, ...flagsOfParams },
    Effect.fn("lint")(function* (flags) {
      const file = yield* spec(flags.spec)
      yield* checkSpec(file, params, values(flags))
      process.stdout.write(`${file.file}: no problems\n`)
    })
  ).pipe(Command.withDescription("Check a spec without reading any data"))

  const preview = Command.make(
    "preview",
    {
      spec: specArgument,
      records: Flag.Int("records").pipe(
        Flag.withAlias("n"),
        Flag.withDescription("Records to read of each input (default 20)"),
        Flag.withSchema(Schema.Int.check(Schema.isGreaterThan(0))),
        Flag.withDefault(20)
      ),
      ...stepFlag,
      ...flagsOfParams
    },
    Effect.fn("preview")(function* (flags) {
      // A later step may read what an earlier one would have written.
      const [{ plan }] = yield* load(flags)
      const shown = shownTables(plan)
      const started = yield* Clock.currentTimeMillis
      const head = { rows: flags.records, tables: shown.map(({ table }) => table) }
      const { heads, summary } = yield* localEngine
        .run(plan, {
          asOfMicros: started * 1000,
          bindings: bindingValues(plan, process.env),
          limit: flags.records,
          head,
          dryRun: true
        })
        .pipe(Effect.provide(NodeConnections.layer(yield* formatsOf(plan))))
      const seconds = ((yield* Clock.currentTimeMillis) - started) / 1000
      const style = styleFor(process.stdout, process.env)
      process.stdout.write(`${summaryText(summary, seconds, style)}\n`)
      for (const { columns, table } of shown) {
        const rows = heads.get(table)
        if (rows !== undefined)
          process.stdout.write(`\n${tableText(table, rows, columns, style, widthOf(process.stdout))}\n`)
      }
    })
  ).pipe(Command.withDescription("Run a spec on its first records and write nothing"))

  return [run, lint, preview] as const
}

/** The directories that a plan divides rows into. */
const dividedBy = ({ write }: Plan): ReadonlyArray<string> =>
  write.flatMap(({ partition, uri }) => (partition.length > 0 ? [uri] : []))

const jsonText = (value: unknown): string => JSON.stringify(value, null, 2)

/** The tables that a run makes, with the columns that it writes; sessions and aggregates also where it writes none. */
const shownTables = (plan: Plan) => {
  const written = plan.write.filter(({ table }) => table !== "rejects")
  const others = ["sessions", ...plan.tables.map(({ name }) => name)].filter(
    (name) => !written.some(({ table }) => table === name)
  )
  return [
    ...written,
    ...others.map((table) => ({ table, columns: (tableColumns(plan, table) ?? []).map(({ name }) => name) }))
  ]
}
