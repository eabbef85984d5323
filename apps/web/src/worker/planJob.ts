import { eventOrigin, makePlan, type Plan, readSpec, type Sample, type SessionsSpec, tableColumns } from "@sojourn/core"
import * as Result from "effect/Result"
import { builtInTables, type Problem, Told } from "../engine/Engine.ts"
import type { NamedFile } from "../engine/NamedFile.ts"
import type { Settings } from "../engine/Settings.ts"
import { jobCommand, jobSpec, outputs, shellWord } from "./JobSpec.ts"
import { type KnownRecipe, specAsRecipe } from "./recipes.ts"

/** A job, ready to be run: all of its tables are kept, with all their columns. */
export interface PlannedJob {
  readonly plan: Plan
  readonly spec: string
  readonly params: Readonly<Record<string, string>>
  readonly command: string
  readonly notes: SessionsSpec["notes"]
  /** The columns of downloads, by table, where the spec chose some. */
  readonly chosen: ReadonlyMap<string, ReadonlyArray<string>>
}

/** Plans what the settings ask for. Throws {@link Told}. */
export const planJob = (
  files: ReadonlyArray<NamedFile>,
  settings: Settings,
  sample: Sample,
  asOfMicros: number,
  recipes: ReadonlyArray<KnownRecipe>
): PlannedJob => {
  const names = files.map(({ name }) => name)
  const { recipe } = settings
  if (recipe === null) {
    const { notes, text } = jobSpec(names, settings, sample, asOfMicros / 1e6)
    const command = jobCommand(names, settings, notes, asOfMicros)
    return { ...withAllTables(planOf(text, {})), spec: text, params: {}, command, notes }
  }
  const known = recipe.text === undefined ? recipeNamed(recipe.name, recipes) : givenSpec(recipe.name, recipe.text)
  const params = { ...filled(recipe.params), ...placesOf(known, names) }
  const file = recipe.text === undefined ? known.name : "sessions.yaml"
  const command = recipeCommand(file, known.input, names, params, asOfMicros)
  if (known.obstacle !== null) {
    throw new CommandOnly({
      message: `${known.name} cannot be run on a page: ${known.obstacle}`,
      hint: "copy the command, and run it where the data is",
      spec: known.text,
      command
    })
  }
  if (names.length > 1 && known.input?.takesSeveral === false) {
    throw new Told({
      message: `${known.name} reads one file, and there are ${names.length}`,
      hint: "open one of them"
    })
  }
  const plan = planOf(known.text, params)
  const format = settings.format as Plan["scan"]["inputs"][number]["format"]
  const scan = {
    ...plan.scan,
    inputs: names.map((uri) => ({ uri, format, source: null, fields: {}, partition: null }))
  }
  return { ...withAllTables({ ...plan, scan }), spec: known.text, params, command, notes: [] }
}

/** The command can do it, and the page cannot. */
export class CommandOnly extends Told {
  readonly spec: string
  readonly command: string

  constructor({ command, spec, ...problem }: Problem & { readonly spec: string; readonly command: string }) {
    super(problem)
    this.spec = spec
    this.command = command
  }
}

const recipeNamed = (name: string, recipes: ReadonlyArray<KnownRecipe>): KnownRecipe => {
  const known = recipes.find((recipe) => recipe.name === name)
  if (known === undefined) throw new Told({ message: `there is no recipe ${name}`, hint: null })
  return known
}

const givenSpec = (name: string, text: string): KnownRecipe => {
  try {
    return specAsRecipe(name, text)
  } catch {
    // What is no YAML is told by the reader of specs, with its place.
    planOf(text, {})
    throw new Told({ message: `${name} is no spec`, hint: null })
  }
}

const filled = (params: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(params).filter(([, value]) => value !== ""))

/** The plan of a spec. Throws {@link Told}. */
export const planOf = (text: string, params: Readonly<Record<string, string>>): Plan => {
  const read = readSpec("the spec", text, { params, env: {} })
  const made = Result.flatMap(read, makePlan)
  if (Result.isFailure(made)) throw new Told({ message: made.failure.message, hint: null })
  return made.success
}

/** The inputs and outputs of a recipe, as its params say them. */
const placesOf = ({ input, outputs: written }: KnownRecipe, names: ReadonlyArray<string>) =>
  Object.fromEntries([
    ...(input === undefined ? [] : [[input.param, input.takesSeveral ? names.join(",") : names[0]] as const]),
    ...[...written].map(([table, param]) => [param, fileOf(table)] as const)
  ])

const fileOf = (table: string): string =>
  Object.hasOwn(outputs, table) ? outputs[table as keyof typeof outputs] : `${table}.csv`

const recipeCommand = (
  file: string,
  input: KnownRecipe["input"],
  names: ReadonlyArray<string>,
  params: Readonly<Record<string, string>>,
  asOfMicros: number
): string => {
  const words = (param: string, value: string) => (param === input?.param ? names : [value]).map(shellWord).join(" ")
  const flags = Object.entries(params).map(([param, value]) => `--${param} ${words(param, value)}`)
  const asOf = new Date(asOfMicros / 1000).toISOString().replace(".000", "")
  return ["sojourn run", file, ...flags, "--as-of", asOf].join(" ")
}

const withAllTables = (plan: Plan): Pick<PlannedJob, "plan" | "chosen"> => {
  if (plan.sessionize === null) {
    throw new Told({ message: `${plan.name} cuts no sessions to be shown here`, hint: "run it with the command" })
  }
  const write = [...builtInTables, ...declaredTables(plan)].map((table) => {
    const names = (tableColumns(plan, table) ?? []).map(({ name }) => name)
    const columns = table === "events" ? [...names, eventOrigin.source, eventOrigin.event] : names
    const format = { name: "csv", options: {} }
    return { output: table, table, uri: `${table}.csv`, format, columns, partition: [], member: null }
  })
  const chosen = new Map(plan.write.map(({ columns, table }) => [table, columns]))
  return { plan: { ...plan, reports: [], write }, chosen }
}

const declaredTables = ({ checks, tables, users }: Plan): ReadonlyArray<string> => [
  ...(users === null ? [] : ["users"]),
  ...tables.map(({ name }) => name),
  ...(checks.length === 0 ? [] : ["findings"])
]
