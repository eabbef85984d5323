import { fileError } from "@sojourn/node"
import * as Effect from "effect/Effect"
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises"
import { dirname, join } from "node:path"
import { UsageError } from "./Failure.ts"

/** Kinds of plugins that there is a template for. */
export const pluginKinds = ["decoder", "source", "sink"] as const
export type PluginKind = (typeof pluginKinds)[number]

/** Beside the built command. */
const templates = new URL("templates/", import.meta.url)

/** Letters, digits and hyphens, with a scope or without. */
const packageName = /^(?:@[a-z0-9][a-z0-9._-]*\/)?([a-z][a-z0-9-]*)$/

/** Writes a package from a template into a new directory, and tells what was written. */
export const createPlugin = (name: string, kind: PluginKind) =>
  Effect.gen(function* () {
    const [, directory] = packageName.exec(name) ?? []
    if (directory === undefined) {
      return yield* new UsageError({
        message: `"${name}" is no name of a package: expected small letters, digits and hyphens, such as logfmt or @acme/logfmt`
      })
    }
    const files = yield* Effect.tryPromise({
      try: () => copyTemplate(new URL(`${kind}/`, templates), directory, name),
      catch: (cause) => fileError("write", directory, cause)
    })
    if (files === undefined) {
      return yield* new UsageError({ message: `${directory} is there already: remove it, or choose another name` })
    }
    return { directory, files }
  })

const copyTemplate = async (from: URL, directory: string, name: string) => {
  const entries = await readdir(from, { recursive: true, withFileTypes: true })
  const root = new URL(from).pathname
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length))
    .filter((path) => !path.startsWith("node_modules"))
    .sort()
  try {
    await mkdir(directory)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return undefined
    throw error
  }
  const files = []
  for (const path of paths) {
    const file = renamed(path, directory)
    await mkdir(dirname(join(directory, file)), { recursive: true })
    const text = await readFile(new URL(path, from), "utf8")
    const own = renamed(text, directory)
    const scoped = file === "package.json" ? own.replace(`"name": "${directory}"`, `"name": "${name}"`) : own
    await writeFile(join(directory, file), scoped)
    files.push(file)
  }
  return files
}

/** The template is about `example`; files that npm would take for its own have other names in it. */
const renamed = (text: string, name: string): string => {
  const capital = name
    .split("-")
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join("")
  const camel = capital.slice(0, 1).toLowerCase() + capital.slice(1)
  return text
    .replace(/^gitignore$/, ".gitignore")
    .replace(/^manifest\.json$/, "package.json")
    .replaceAll("Example", capital)
    .replaceAll(/example(?=[A-Z])/g, camel)
    .replaceAll("example", name)
}
