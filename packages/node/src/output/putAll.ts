import type { PluginError, PreparedFile } from "@sojourn/core"
import * as Effect from "effect/Effect"
import type { Formats } from "../Formats.ts"
import * as Places from "./Places.ts"

/** Files put in place at a time: in a store each takes a while. */
const atOnce = 8

/** Puts prepared files in place, and the tables for one target of a system together. */
export const putAll = (formats: Formats, files: ReadonlyArray<PreparedFile>): Effect.Effect<void, PluginError> =>
  Effect.gen(function* () {
    const stored = files.filter(({ sink }) => sink === undefined)
    yield* Effect.forEach(stored, Places.putInPlace, { concurrency: atOnce, discard: true })
    for (const { sink, tokens, uri } of targets(files)) yield* formats.sinkNamed(sink).commit(uri, tokens)
  })

/** Removes a prepared file, or table, that is not to appear. */
export const discardOne = (formats: Formats, file: PreparedFile): Effect.Effect<void, PluginError> =>
  file.sink === undefined ? Places.discard(file) : formats.sinkNamed(file.sink).discard(file.uri, [file.token])

/** How many things are put in place one after the other: with more than one, a run may end in between. */
export const countSteps = (files: ReadonlyArray<PreparedFile>): number =>
  files.filter(({ sink }) => sink === undefined).length + targets(files).length

const targets = (files: ReadonlyArray<PreparedFile>) => {
  const found = new Map<string, { readonly sink: string; readonly uri: string; readonly tokens: Array<string> }>()
  for (const { sink, token, uri } of files) {
    if (sink === undefined) continue
    const key = `${sink} ${uri}`
    const target = found.get(key) ?? { sink, uri, tokens: [] }
    target.tokens.push(token)
    found.set(key, target)
  }
  return [...found.values()]
}
