import { atPlace, type Plan, PluginError } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { access, constants, realpath, stat } from "node:fs/promises"
import { dirname, resolve } from "node:path"
import { fileError } from "./FileError.ts"
import { inputFiles, isStandardOutput } from "./Files.ts"

/**
 * Fails where it is known before a run that an output cannot be written, or that it would replace an input: after a
 * long run either would be a bad surprise.
 */
export const checkTargets = (plan: Plan): Effect.Effect<void, PluginError> =>
  Effect.gen(function* () {
    const read = yield* Effect.forEach(plan.scan.inputs, ({ uri }) => inputFiles(uri))
    const joined = yield* Effect.forEach(plan.validate.enrich, ({ input, name }) =>
      inputFiles(input.uri).pipe(Effect.mapError((error) => atPlace(`event.enrich.${name}.source`, error)))
    )
    const inputs = new Map<string, string>()
    for (const { bytes, path } of [...read, ...joined].flat()) {
      if (bytes !== undefined) inputs.set(yield* attempt("read", path, () => realpath(path)), path)
    }
    for (const { table, uri } of plan.write) {
      if (isStandardOutput(uri)) continue
      const existing = yield* attempt("write", uri, () => checkWritable(uri))
      const input = existing === undefined ? undefined : inputs.get(existing)
      if (input === undefined) continue
      return yield* new PluginError({
        plugin: "files",
        reason: "Config",
        message: `cannot write ${uri}: the ${table} would replace ${input}, which is read`,
        hint: "write to another file"
      })
    }
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

/** That a file can be made in a directory, or in the nearest one above that is there. */
const checkDirectory = async (path: string): Promise<void> => {
  const there = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error
  })
  if (there === undefined) return checkDirectory(dirname(path))
  if (!there.isDirectory()) throw Object.assign(new Error(path), { code: "ENOTDIR" })
  await access(path, constants.W_OK | constants.X_OK)
}
