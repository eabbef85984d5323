import { type ColumnProfile, type Plan, timeFormatOf } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { type ColumnFacts, type Recognised, Told } from "../engine/Engine.ts"
import type { NamedFile } from "../engine/NamedFile.ts"
import type { Settings } from "../engine/Settings.ts"
import { withRegex } from "./lazyRegex.ts"
import { CommandOnly, planJob } from "./planJob.ts"
import { type KnownRecipe, loadRecipes, paramsOf } from "./recipes.ts"
import { RunTables } from "./RunTables.ts"
import { runPlan } from "./runPlan.ts"
import { type InputSample, sampleInputs } from "./Sample.ts"

/** Values of a column that are shown. */
const shownSamples = 4
const shownLength = 80
const decoder = new TextDecoder()

/** What files look like, and what a run would make of their first records. Throws {@link Told}. */
export const recognise = async (
  files: ReadonlyArray<NamedFile>,
  settings: Settings,
  nowMicros: number
): Promise<Recognised> => {
  const sample = await sampleInputs(files, settings.format)
  const recipes = await loadRecipes()
  const nowSeconds = nowMicros / 1e6
  const seen = {
    format: sample.format.name,
    notes: sample.notes,
    records: sample.records,
    whole: sample.whole,
    columns: sample.columns.map((column) => factsOf(column, nowSeconds)),
    recipes: recipes.map(({ description, name, obstacle, params }) => ({ name, description, obstacle, params })),
    params: chosenParams(settings, recipes)
  }
  try {
    const job = await withRegex(() => planJob(files, settings, sample, nowMicros, recipes))
    const trial = await tried(job.plan, sample, nowMicros)
    return { ...seen, guessed: job.notes, problem: null, spec: job.spec, command: job.command, trial }
  } catch (error) {
    if (!(error instanceof Told)) throw error
    const problem = { message: error.message, hint: error.hint }
    const { command, spec } = error instanceof CommandOnly ? error : { command: null, spec: null }
    return { ...seen, guessed: [], problem, spec, command, trial: null }
  }
}

const chosenParams = ({ recipe }: Settings, recipes: ReadonlyArray<KnownRecipe>): Recognised["params"] => {
  if (recipe === null) return []
  if (recipe.text === undefined) return recipes.find(({ name }) => name === recipe.name)?.params ?? []
  try {
    return paramsOf(recipe.text)
  } catch {
    // What is no YAML has none, and is told of by its plan.
    return []
  }
}

const tried = async (plan: Plan, { files, limit }: InputSample, asOfMicros: number) => {
  const { summary, tables } = await told(runPlan(plan, files, { asOfMicros, limit }))
  return { summary, gaps: new RunTables(plan, tables).gaps() }
}

/** What an effect gives; what it fails with as {@link Told}. */
export const told = <A>(
  effect: Effect.Effect<A, { readonly message: string; readonly hint?: string | undefined }>,
  signal?: AbortSignal
): Promise<A> =>
  Effect.runPromise(
    Effect.mapError(effect, ({ hint, message }) => new Told({ message, hint: hint ?? null })),
    signal === undefined ? {} : { signal }
  )

const factsOf = (column: ColumnProfile, nowSeconds: number): ColumnFacts => {
  const { distinct, filled, kind, path, values } = column
  const samples = new Set<string>()
  for (const value of values) {
    if (samples.size === shownSamples) break
    const text = decoder.decode(value)
    samples.add(text.length > shownLength ? `${text.slice(0, shownLength)}…` : text)
  }
  return { path, kind, filled, distinct, samples: [...samples], times: timesOf(column, nowSeconds) }
}

const timesOf = (column: ColumnProfile, nowSeconds: number): ColumnFacts["times"] => {
  if (column.kind !== "text" && column.kind !== "number") return null
  const guess = timeFormatOf(column, nowSeconds)
  return guess.kind === "format" ? { format: guess.format, parsed: guess.parsed, total: guess.total } : null
}
