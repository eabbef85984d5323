import { recipesFolder } from "@sojourn/recipes"
import * as Data from "effect/Data"
import * as Effect from "effect/Effect"
import { readdir, readFile } from "node:fs/promises"
import { dirname } from "node:path"
import { fileURLToPath } from "node:url"
import { fileError } from "./FileError.ts"

/** A spec's text and what it is called in messages. */
export interface SpecFile {
  readonly file: string
  readonly text: string
  /** Where the files beside it are; without it the spec can name none. */
  readonly folder?: string
}

/** There is no such spec. */
export class SpecNotFound extends Data.TaggedError("SpecNotFound")<{
  readonly message: string
  readonly hint?: string
}> {}

/** Names of the recipes that come with Sojourn, in order. */
export const recipeNames: Effect.Effect<ReadonlyArray<string>> = Effect.promise(async () => {
  const files = await readdir(recipesFolder)
  return files
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.slice(0, -".yaml".length))
    .sort()
})

/** Whether an argument names a file (it has a `/` or a spec's ending) or else a recipe. */
export const isSpecPath = (argument: string): boolean => argument.includes("/") || /\.(ya?ml|json)$/.test(argument)

/** Reads a spec by path or a recipe by name. */
export const specFile = Effect.fn("specFile")(function* (argument: string) {
  if (!isSpecPath(argument)) {
    const names = yield* recipeNames
    if (!names.includes(argument)) {
      const hint = `there is ${names.join(", ")}; the path of a spec file has a / or ends in .yaml, .yml or .json`
      return yield* new SpecNotFound({ message: `no recipe "${argument}"`, hint })
    }
  }
  const path = isSpecPath(argument) ? argument : fileURLToPath(new URL(`${argument}.yaml`, recipesFolder))
  const text = yield* Effect.tryPromise({
    try: () => readFile(path, "utf8"),
    catch: (cause) => new SpecNotFound({ message: fileError("read", path, cause).message })
  })
  const spec: SpecFile = { file: isSpecPath(argument) ? path : `${argument}.yaml`, text, folder: dirname(path) }
  return spec
})
