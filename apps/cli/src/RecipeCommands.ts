import { fileError, recipeNames, specFile } from "@sojourn/node"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import { writeFile } from "node:fs/promises"
import { UsageError } from "./Failure.ts"
import { descriptionOf } from "./SpecParams.ts"

/** `sojourn recipes`: names, and what they are for. */
export const recipesCommand = Command.make(
  "recipes",
  {},
  Effect.fn("recipes")(function* () {
    const names = yield* recipeNames
    const width = Math.max(...names.map(({ length }) => length))
    for (const name of names) {
      const description = descriptionOf(yield* specFile(name)) ?? ""
      process.stdout.write(`${`${name.padEnd(width)}  ${description}`.trimEnd()}\n`)
    }
  })
).pipe(Command.withDescription("List the recipes"))

/** `sojourn init RECIPE`, for each recipe: a copy of its file, to be changed. */
export const initRecipe = (name: string) =>
  Command.make(
    name,
    {},
    Effect.fn("init recipe")(function* () {
      const { text } = yield* specFile(name)
      const path = `${name}.yaml`
      yield* Effect.tryPromise({
        try: () => writeFile(path, text, { flag: "wx" }),
        catch: (cause) =>
          (cause as NodeJS.ErrnoException).code === "EEXIST"
            ? new UsageError({ message: `${path} is there already`, hint: "remove it, or give it another name" })
            : fileError("write", path, cause)
      })
      process.stdout.write(`created ${path}\n\nnext: sojourn run ./${path} --help\n`)
    })
  ).pipe(Command.withDescription(`Copy the file of the recipe here: ${name}.yaml`))
