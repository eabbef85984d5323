import { parse } from "yaml"
import type { Recipe } from "../engine/Engine.ts"

const files = import.meta.glob<string>("../../../../packages/recipes/recipes/*.yaml", {
  query: "?raw",
  import: "default",
  eager: true
})

/** What of a recipe's text is looked at before it is planned. */
interface RecipeText {
  readonly description?: string
  readonly params?: Readonly<Record<string, { readonly default?: unknown; readonly description?: string }>>
  readonly source: { readonly uri: unknown }
  readonly outputs?: Readonly<Record<string, { readonly uri: unknown }>>
}

/** A recipe, and which of its params are its inputs and outputs. */
export interface KnownRecipe extends Recipe {
  readonly text: string
  readonly input: string | undefined
  /** By table. */
  readonly outputs: ReadonlyMap<string, string>
}

const known = (path: string, text: string): KnownRecipe => {
  const { description = "", outputs = {}, params = {}, source } = parse(text) as RecipeText
  const input = paramOf(source.uri)
  const written = new Map(
    Object.entries(outputs).flatMap(([table, { uri }]) => {
      const param = paramOf(uri)
      return param === undefined ? [] : [[table, param] as const]
    })
  )
  const own = Object.entries(params).filter(([name]) => name !== input && ![...written.values()].includes(name))
  return {
    name: path.replace(/^.*\/(.*)\.yaml$/, "$1"),
    description,
    text,
    input,
    outputs: written,
    params: own.map(([name, param]) => ({
      name,
      description: param.description ?? "",
      value: param.default === undefined || param.default === null ? "" : String(param.default as string | number)
    }))
  }
}

const paramOf = (uri: unknown): string | undefined =>
  typeof uri === "object" && uri !== null && "param" in uri ? String(uri.param) : undefined

/** The page is about sessions, and does one job at a time. */
const isShown = (text: string): boolean => {
  const recipe = parse(text) as object
  return "sessions" in recipe && !("steps" in recipe)
}

export const recipes: ReadonlyArray<KnownRecipe> = Object.entries(files).flatMap(([path, text]) =>
  isShown(text) ? [known(path, text)] : []
)
