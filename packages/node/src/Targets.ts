import { atPlace, namedFiles, type Plan, PluginError } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { access, constants, realpath, stat } from "node:fs/promises"
import { dirname, resolve, sep } from "node:path"
import { fileError } from "./FileError.ts"
import { type FindFiles, inputFiles, isStandardOutput } from "./Files.ts"
import type { Formats } from "./Formats.ts"
import { recover } from "./output/Journal.ts"
import { directoryOfSystem } from "./output/SystemSink.ts"
import { parentOf, schemeOf } from "./Stores.ts"

/**
 * Finishes or undoes what former runs have left where a plan writes, and in a state: before anything is read, as it may
 * be an input.
 */
export const recoverTargets = (plan: Plan, formats: Formats, state?: string): Effect.Effect<void, PluginError> =>
  Effect.gen(function* () {
    const written = targetsOf(plan).filter(({ uri }) => !isStandardOutput(uri))
    const directories = yield* Effect.forEach(written, (output) =>
      Effect.promise(() => directoryOfOutput(output, formats))
    )
    const local = state !== undefined && schemeOf(state) === undefined ? [state] : []
    yield* recover(
      formats,
      [...directories, ...local].filter((directory) => directory !== undefined)
    )
  })

const directoryOfOutput = async ({ format, partition, uri }: Output, formats: Formats): Promise<string | undefined> => {
  if (formats.sinkOf(format, uri) !== undefined) return directoryOfSystem(uri)
  const divided = partition.length > 0 ? directoryOfParts(uri) : undefined
  if (schemeOf(uri) !== undefined) return divided ?? parentOf(uri)
  return divided === undefined ? dirname(await realpath(uri).catch(() => resolve(uri))) : resolve(divided)
}

/** The directory that the files of a divided output are in, or below. */
const directoryOfParts = (uri: string): string => namedFiles(uri)?.directory ?? uri

type Output = Omit<Plan["write"][number], "columns" | "member" | "output">

/** What a plan writes, its reports too, which are files. */
const targetsOf = ({ reports, write }: Plan): ReadonlyArray<Output> => [
  ...write,
  ...reports.flatMap(({ name, uris }) =>
    uris.map((uri) => ({ table: `report ${name}`, uri, format: null, partition: [] }))
  )
]

/**
 * Fails where it is known before a run that an output cannot be written, or that it would replace an input: after a
 * long run either would be a bad surprise.
 */
export const checkTargets = (
  plan: Plan,
  formats: Formats,
  findFiles: FindFiles = inputFiles
): Effect.Effect<void, PluginError> =>
  Effect.gen(function* () {
    const isReachedByStore = ({ format, uri }: Plan["scan"]["inputs"][number]) =>
      schemeOf(uri) === undefined || formats.sourceOf(format) === undefined
    const read = yield* Effect.forEach(plan.scan.inputs.filter(isReachedByStore), ({ uri }) => findFiles(uri))
    const joined = yield* Effect.forEach(plan.validate.enrich, ({ input, name }) =>
      inputFiles(input.uri).pipe(Effect.mapError((error) => atPlace(`event.enrich.${name}.source`, error)))
    )
    const inputs = new Map<string, string>()
    for (const { bytes, path, stored } of [...read, ...joined].flat()) {
      if (bytes !== undefined && stored === undefined)
        inputs.set(yield* attempt("read", path, () => realpath(path)), path)
    }
    for (const { format, partition, table, uri: target } of targetsOf(plan)) {
      // A system says itself what it cannot take; it may be read, too.
      if (isStandardOutput(target) || formats.sinkOf(format, target) !== undefined) continue
      const uri = partition.length > 0 ? directoryOfParts(target) : target
      if (schemeOf(uri) !== undefined) {
        const path = [...read, ...joined]
          .flat()
          .find((file) => file.path === uri || (partition.length > 0 && file.path.startsWith(`${uri}/`)))?.path
        if (path !== undefined) return yield* wouldReplace(uri, table, path)
        continue
      }
      const isDirectory = partition.length > 0
      const existing = yield* attempt("write", uri, () => (isDirectory ? checkPartitioned(uri) : checkWritable(uri)))
      if (existing === undefined) continue
      const input = isDirectory
        ? [...inputs].find(([path]) => path.startsWith(existing + sep))?.[1]
        : inputs.get(existing)
      if (input === undefined) continue
      return yield* wouldReplace(uri, table, input)
    }
  })

const wouldReplace = (uri: string, table: string, input: string): PluginError =>
  new PluginError({
    plugin: "files",
    reason: "Config",
    message: `cannot write ${uri}: the ${table} would replace ${input}, which is read`,
    hint: "write to another file"
  })

const attempt = <A>(what: "read" | "write", path: string, run: () => Promise<A>) =>
  Effect.tryPromise({ try: run, catch: (cause) => fileError(what, path, cause) })

/** The file that is there, if one is, with its links resolved. */
const checkWritable = async (uri: string): Promise<string | undefined> => {
  const there = await stat(uri).catch(() => undefined)
  if (there === undefined) {
    await checkDirectory(dirname(resolve(uri)))
    return undefined
  }
  if (there.isDirectory()) throw fileError("write", uri, { code: "EISDIR" })
  await access(uri, constants.W_OK)
  if (!there.isFile()) return undefined
  const real = await realpath(uri)
  await checkDirectory(dirname(real))
  return real
}

/** The directory that is there, if one is, with its links resolved. */
const checkPartitioned = async (uri: string): Promise<string | undefined> => {
  await checkDirectory(resolve(uri))
  return realpath(uri).catch(() => undefined)
}

/** That a file can be made in a directory, or in the nearest one above that is there. */
const checkDirectory = async (path: string): Promise<void> => {
  const there = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error
  })
  if (there === undefined) return checkDirectory(dirname(path))
  if (!there.isDirectory()) throw Object.assign(new Error(path), { code: "ENOTDIR" })
  await access(path, constants.W_OK | constants.X_OK)
}
