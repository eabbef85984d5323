import { parse } from "yaml"
import type { Recipe } from "../engine/Engine.ts"

/** What of a spec's text is looked at before it is planned. */
interface SpecText {
  readonly description?: string
  readonly params?: Readonly<Record<string, SpecParam>>
  readonly source?: { readonly uri?: unknown }
  readonly outputs?: Readonly<Record<string, { readonly uri?: unknown }>>
}

interface SpecParam {
  readonly type?: string
  readonly default?: unknown
  readonly description?: string
}

/** A recipe, and which of its params are its inputs and outputs. */
export interface KnownRecipe extends Recipe {
  readonly text: string
  readonly input: { readonly param: string; readonly takesSeveral: boolean } | undefined
  /** By table. */
  readonly outputs: ReadonlyMap<string, string>
}

/** Params of a spec that say neither what is read nor what is written, with their values. */
export const paramsOf = (text: string, given: Readonly<Record<string, string>> = {}): Recipe["params"] => {
  const { outputs = {}, params = {}, source } = parse(text) as SpecText
  const places = [source?.uri, ...Object.values(outputs).map(({ uri }) => uri)].map(paramOf)
  return Object.entries(params)
    .filter(([name, { type }]) => type !== "path" && !places.includes(name))
    .map(([name, param]) => ({
      name,
      description: param.description ?? "",
      value: given[name] ?? textOf(param.default)
    }))
}

const textOf = (value: unknown): string =>
  value === undefined || value === null ? "" : Array.isArray(value) ? value.join(",") : `${value as string | number}`

/** What is known of a spec as a recipe. */
export const specAsRecipe = (name: string, text: string): KnownRecipe => {
  const { description = "", outputs = {}, params = {}, source } = parse(text) as SpecText
  const input = paramOf(source?.uri)
  const written = new Map(
    Object.entries(outputs).flatMap(([table, { uri }]) => {
      const param = paramOf(uri)
      return param === undefined ? [] : [[table, param] as const]
    })
  )
  return {
    name,
    description,
    text,
    obstacle: obstacleOf(parse(text) as object, text),
    input: input === undefined ? undefined : { param: input, takesSeveral: params[input]?.type === "list" },
    outputs: written,
    params: paramsOf(text)
  }
}

const paramOf = (uri: unknown): string | undefined =>
  typeof uri === "object" && uri !== null && "param" in uri ? String(uri.param) : undefined

/** What a recipe does that the page cannot: it is about sessions of one input, and does one job. */
const obstacleOf = (spec: object, text: string): string | null => {
  if ("steps" in spec) return "it does several jobs, one after the other"
  if ("sources" in spec) return "it reads several inputs"
  if (!("sessions" in spec)) return "it cuts no sessions"
  return /\$\{[A-Z][A-Z0-9_]*\}/.test(text) ? "it needs values of the environment" : null
}

/** All recipes, whose texts are fetched when they are first asked for. */
export const loadRecipes = async (): Promise<ReadonlyArray<KnownRecipe>> => (await import("./recipeList.ts")).recipes
