import { eventOrigin, makePlan, type Plan, readSpec, type Sample, type SessionsSpec, tableColumns } from "@sojourn/core"
import * as Result from "effect/Result"
import { type NamedFile, type TableName, Told } from "../engine/Engine.ts"
import type { Settings } from "../engine/Settings.ts"
import { jobCommand, jobSpec, outputs, shellWord } from "./JobSpec.ts"
import { type KnownRecipe, recipes } from "./recipes.ts"

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
  asOfMicros: number
): PlannedJob => {
  const names = files.map(({ name }) => name)
  const { recipe } = settings
  if (recipe === null) {
    const { notes, text } = jobSpec(names, settings, sample, asOfMicros / 1e6)
    const command = jobCommand(names, settings, notes, asOfMicros)
    return { ...withAllTables(planOf(text, {})), spec: text, params: {}, command, notes }
  }
  const known = recipes.find(({ name }) => name === recipe.name)
  if (known === undefined) throw new Told({ message: `there is no recipe ${recipe.name}`, hint: null })
  const given = Object.fromEntries(Object.entries(recipe.params).filter(([, value]) => value !== ""))
  const params = { ...given, ...placesOf(known, names) }
  const plan = planOf(known.text, params)
  const format = settings.format as Plan["scan"]["inputs"][number]["format"]
  const scan = {
    ...plan.scan,
    inputs: names.map((uri) => ({ uri, format, source: null, fields: {}, partition: null }))
  }
  const command = recipeCommand(known, names, params, asOfMicros)
  return { ...withAllTables({ ...plan, scan }), spec: known.text, params, command, notes: [] }
}

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
    ...(input === undefined ? [] : [[input, names[0]] as const]),
    ...[...written].map(([table, param]) => [param, fileOf(table)] as const)
  ])

const fileOf = (table: string): string =>
  Object.hasOwn(outputs, table) ? outputs[table as keyof typeof outputs] : `${table}.csv`

const recipeCommand = (
  { name }: KnownRecipe,
  names: ReadonlyArray<string>,
  params: Readonly<Record<string, string>>,
  asOfMicros: number
): string => {
  const flags = Object.entries(params).map(([param, value]) => `--${param} ${shellWord(value)}`)
  const asOf = new Date(asOfMicros / 1000).toISOString().replace(".000", "")
  const more = names.length > 1 ? ` # and ${names.length - 1} more` : ""
  return `sojourn run ${name} ${flags.join(" ")} --as-of ${asOf}${more}`
}

/** Tables that are looked at, all of their columns. */
const looked: ReadonlyArray<TableName> = ["sessions", "events", "rejects", "duplicates"]

const withAllTables = (plan: Plan): Pick<PlannedJob, "plan" | "chosen"> => {
  if (plan.sessionize === null) {
    throw new Told({ message: `${plan.name} cuts no sessions to be shown here`, hint: "run it with the command" })
  }
  const write = looked.map((table) => {
    const names = (tableColumns(plan, table) ?? []).map(({ name }) => name)
    const columns = table === "events" ? [...names, eventOrigin.source, eventOrigin.event] : names
    const format = { name: "csv", options: {} }
    return { output: table, table, uri: `${table}.csv`, format, columns, partition: [], member: null }
  })
  const chosen = new Map(plan.write.map(({ columns, table }) => [table, columns]))
  return { plan: { ...plan, reports: [], write }, chosen }
}
