import { Api, Unavailable } from "@sojourn/client"
import { readParams, SpecDocument } from "@sojourn/core"
import { recipeNames, specFile } from "@sojourn/node"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import type * as Schema from "effect/Schema"
import { DataDirectory } from "../DataDirectory.ts"
import { Runs } from "../Runs.ts"

/** Whether the server works, and what it has. */
export const systemHandlers = HttpApiBuilder.group(
  Api,
  "system",
  Effect.fn(function* (handlers) {
    const runs = yield* Runs
    const directory = yield* DataDirectory
    const recipes = yield* Effect.orDie(Effect.flatMap(recipeNames, (names) => Effect.forEach(names, recipe)))
    const status = { status: "ok" } as const
    return handlers.handleAll({
      health: () => Effect.succeed(status),
      ready: () =>
        directory.check.pipe(
          Effect.mapError(({ message }) => new Unavailable({ code: "data", detail: message })),
          Effect.andThen(runs.checkQueue),
          Effect.as(status)
        ),
      recipes: () => Effect.succeed(recipes)
    })
  })
)

const recipe = Effect.fnUntraced(function* (name: string) {
  const { file, text } = yield* specFile(name)
  const params = yield* Effect.fromResult(readParams(file, text))
  const { description } = SpecDocument.parse(file, text).value as { readonly description?: unknown }
  return {
    name,
    description: typeof description === "string" ? description : null,
    spec: text,
    params: Object.fromEntries(
      Object.entries(params).map(([key, { default: value, ...param }]) => [
        key,
        { ...param, ...(value === undefined ? {} : { default: value as Schema.Json }) }
      ])
    )
  }
})
