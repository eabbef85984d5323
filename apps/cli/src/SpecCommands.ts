import { type Param, Plan, readParams, SpecError, localEngine } from "@sojourn/core"
import { loadPlan, NodeConnections, recipeNames, specFile, type SpecFile } from "@sojourn/node"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import { execute } from "./Execute.ts"
import { globalFlagNames, runFlags } from "./RunFlags.ts"
import { styleFor } from "./Style.ts"
import { summaryText, titled } from "./SummaryText.ts"
import { batchCells } from "./Table.ts"

/** The spec that a command line names, with its params: read before the flags, because params are flags. */
export interface NamedSpec {
  readonly spec: SpecFile
  readonly params: Readonly<Record<string, Param>>
}

const specArgument = Argument.String("spec").pipe(
  Argument.withDescription("A spec file (its path has a / or ends in .yaml, .yml, .json), or the name of a recipe")
)

/** `run`, `lint` and `preview`, with the params of the named spec as flags. */
export const specCommands = (named: NamedSpec | undefined) => {
  const params = paramFlags(named?.params ?? {})
  const load = Effect.fnUntraced(function*(argument: string, given: Readonly<Record<string, unknown>>) {
    const spec = named?.spec ?? (yield* specFile(argument))
    yield* checkParamNames(spec, named?.params ?? {})
    return yield* loadPlan(spec, { params: givenParams(named?.params ?? {}, given), env: process.env })
  })

  const run = Command.make(
    "run",
    {
      spec: specArgument,
      explain: Flag.Boolean("explain").pipe(Flag.withDescription("Print the plan as JSON, and stop"), Flag.withDefault(false)),
      ...params,
      ...runFlags
    },
    Effect.fn("run")(function*(flags) {
      const plan = yield* load(flags.spec, flags)
      if (flags.explain) {
        const json = yield* Schema.encodeEffect(Plan)(plan).pipe(Effect.orDie)
        process.stdout.write(`${JSON.stringify(json, null, 2)}\n`)
        return
      }
      yield* execute(plan, flags, {
        sessions: !plan.write.some(({ table }) => table === "sessions"),
        advice: (field) => (field === null ? "write them out: outputs.rejects" : `check how the spec maps "${field}", and write the rejects out: outputs.rejects`)
      })
    })
  ).pipe(Command.withDescription(`Run a spec or a recipe${named === undefined ? "; its params are flags: sojourn run RECIPE --help" : ""}`))

  const lint = Command.make(
    "lint",
    { spec: specArgument, ...params },
    Effect.fn("lint")(function*(flags) {
      yield* load(flags.spec, flags)
      process.stdout.write(`${named?.spec.file ?? flags.spec}: no problems\n`)
    })
  ).pipe(Command.withDescription("Check a spec without reading any data"))

  const preview = Command.make(
    "preview",
    {
      spec: specArgument,
      records: Flag.Int("records").pipe(
        Flag.withAlias("n"),
        Flag.withDescription("Records to read of each input"),
        Flag.withSchema(Schema.Int.check(Schema.isGreaterThan(0))),
        Flag.withDefault(20)
      ),
      ...params
    },
    Effect.fn("preview")(function*(flags) {
      const plan = yield* load(flags.spec, flags)
      const started = yield* Clock.currentTimeMillis
      const tables = ["sessions", ...plan.tables.map(({ name }) => name)]
      const options = { asOfMicros: started * 1000, limit: flags.records, head: { rows: flags.records, tables }, dryRun: true }
      const { heads, summary } = yield* localEngine.run(plan, options).pipe(Effect.provide(NodeConnections.layer))
      const seconds = ((yield* Clock.currentTimeMillis) - started) / 1000
      const style = styleFor(process.stdout, process.env)
      process.stdout.write(`${summaryText(summary, seconds, style)}\n`)
      for (const [name, table] of heads) {
        process.stdout.write(`\n${titled(name, table.schema.names.map(String), batchCells(table), style)}\n`)
      }
    })
  ).pipe(Command.withDescription("Run a spec on its first records and write nothing"))

  return [run, lint, preview] as const
}

const flagName = (param: string): string => param.replaceAll("_", "-")

const paramFlags = (params: Readonly<Record<string, Param>>): Record<string, Flag.Flag<Option.Option<string>>> =>
  Object.fromEntries(
    Object.entries(params).map(([name, param]) => {
      const about = [param.description, param.default === undefined ? undefined : `(default ${String(param.default)})`]
      const flag = Flag.String(flagName(name)).pipe(
        Flag.withMetavar(param.type.toUpperCase()),
        Flag.withDescription(about.filter((part) => part !== undefined).join(" ")),
        Flag.optional
      )
      return [paramKey(name), flag]
    })
  )

/** Keys of params among the parsed flags, apart from the command's own. */
const paramKey = (name: string): string => `param:${name}`

const givenParams = (
  params: Readonly<Record<string, Param>>,
  flags: Readonly<Record<string, unknown>>
): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.keys(params).flatMap((name) => {
      const value = flags[paramKey(name)] as Option.Option<string> | undefined
      return value !== undefined && Option.isSome(value) ? [[name, value.value]] : []
    })
  )

const checkParamNames = (spec: SpecFile, params: Readonly<Record<string, Param>>) => {
  const taken = Object.keys(params).filter((name) => globalFlagNames.includes(flagName(name)))
  if (taken.length === 0) return Effect.void
  const message = `the param "${taken[0]}" has the name of a flag of the command itself; give it another`
  return Effect.fail(new SpecError({ file: spec.file, problems: [{ line: 1, column: 1, message }] }))
}

/** The spec that an argument list of `run`, `lint` or `preview` names, if it can be read. */
export const namedSpec = Effect.fn("namedSpec")(function*(argv: ReadonlyArray<string>) {
  if (!["run", "lint", "preview"].includes(argv[0] ?? "")) return undefined
  const argument = argv.slice(1).find((word) => !word.startsWith("-"))
  if (argument === undefined) return undefined
  const spec = yield* specFile(argument)
  const params = yield* Effect.fromResult(readParams(spec.file, spec.text))
  return { spec, params }
})

/** `sojourn recipes`. */
export const recipesCommand = Command.make(
  "recipes",
  {},
  Effect.fn("recipes")(function*() {
    for (const name of yield* recipeNames) process.stdout.write(`${name}\n`)
  })
).pipe(Command.withDescription("List the recipes"))

