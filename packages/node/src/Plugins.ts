import { type Plan, PluginError } from "@sojourn/core"
import * as Effect from "effect/Effect"
import { existsSync, readFileSync } from "node:fs"
import { findPackageJSON } from "node:module"
import { dirname, join, resolve } from "node:path"
import { pathToFileURL } from "node:url"
import { fileError } from "./FileError.ts"
import { ourOwn } from "./ForeignPlugin.ts"
import { builtInFormats, builtInPlugins, type FormatPlugin, Formats } from "./Formats.ts"

/**
 * Where the module of a plugin is that a spec names: a path (it begins with `.` or `/`), relative to the spec's file, or a
 * package that is installed for it. Nothing is run. Throws a {@link PluginError}.
 */
export const resolvePlugin = (name: string, specFile: string): string => {
  const directory = dirname(resolve(specFile))
  if (isModulePath(name)) {
    const path = resolve(directory, name)
    if (!existsSync(path)) throw missing(`no such file: ${path}`, "paths of plugins are relative to the spec's file")
    return pathToFileURL(path).href
  }
  const found = packageJsonOf(name, directory)
  const entry = found && entryOf(JSON.parse(readFileSync(found, "utf8")) as PackageJson)
  if (found === undefined) {
    throw missing(`the package ${name} is not installed for ${specFile}`, `install it: npm install ${name}`)
  }
  if (entry === undefined)
    throw missing(`the package ${name} has no main module`, "its package.json needs exports or main")
  return pathToFileURL(join(dirname(found), entry)).href
}

/** Whether a spec names a plugin by its path, and not by a package. */
export const isModulePath = (name: string): boolean => /^[./]/.test(name)

/** The package.json of a package that is installed for the files of a directory. */
export const packageJsonOf = (name: string, directory: string): string | undefined => {
  try {
    return findPackageJSON(name, pathToFileURL(join(directory, "spec")).href)
  } catch {
    return undefined
  }
}

interface PackageJson {
  readonly exports?: unknown
  readonly main?: string
}

/** The main module of a package, by the conditions under which Node imports it. */
const entryOf = ({ exports, main }: PackageJson): string | undefined => {
  const chosen = (target: unknown): string | undefined => {
    if (typeof target === "string") return target
    if (typeof target !== "object" || target === null) return undefined
    const found = Object.entries(target).find(([condition]) => conditions.includes(condition))
    return found === undefined ? undefined : chosen(found[1])
  }
  return chosen(exports) ?? main
}
const conditions = [".", "node", "import", "module-sync", "default"]

/** The formats of a plan whose plugins were found. */
export const formatsOf = ({ plugins }: Plan): Effect.Effect<Formats, PluginError> =>
  Effect.tryPromise({ try: () => loadFormats(plugins), catch: (cause) => fileError("read", "plugins", cause) })

/** The formats of a run: the built-in ones and those of plugins, by the places of their modules, which are run now. */
export const loadFormats = async (places: ReadonlyArray<string>): Promise<Formats> => {
  if (places.length === 0) return builtInFormats
  const plugins: Array<FormatPlugin> = []
  for (const place of places) {
    for (const plugin of pluginsOf(place, await load(place))) {
      if ([...builtInPlugins, ...plugins].some((other) => isSame(other, plugin))) throw taken(place, plugin)
      plugins.push(plugin)
    }
  }
  return new Formats(plugins.map(ourOwn))
}

/** Whether a spec could not tell two plugins apart: both read, or both write, a format of one name. */
const isSame = (one: FormatPlugin, other: FormatPlugin): boolean =>
  one.name === other.name && isWriter(one) === isWriter(other)

const isWriter = ({ kind }: FormatPlugin): boolean => kind === "encoder" || kind === "sink"

const taken = (place: string, { kind, name }: FormatPlugin): PluginError =>
  missing(`${place} is called "${name}", as a ${kind} that there is already`, "give it another name")

const load = async (place: string): Promise<unknown> => {
  try {
    return ((await import(place)) as { readonly default?: unknown }).default
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw missing(`the plugin ${place} cannot be loaded: ${reason}`, "run it by itself with node to see where", cause)
  }
}

/** A module has one plugin or several as its default export. */
const pluginsOf = (place: string, found: unknown): ReadonlyArray<FormatPlugin> => {
  const plugins: ReadonlyArray<unknown> = Array.isArray(found) ? found : [found]
  for (const plugin of plugins) {
    if (isPlugin(plugin)) continue
    throw missing(
      `${place} is no plugin: its default export is not what it should be`,
      "export default defineDecoder({ … }), defineFileDecoder, defineEncoder, defineSource, defineSink, or a list of what they give"
    )
  }
  return plugins as ReadonlyArray<FormatPlugin>
}

const kinds = ["decoder", "file-decoder", "encoder", "source", "sink"]

const isPlugin = (value: unknown): value is FormatPlugin => {
  if (typeof value !== "object" || value === null) return false
  const { extensions, kind, name, open, readOptions, stage } = value as Readonly<Record<string, unknown>>
  return (
    kinds.includes(String(kind)) &&
    typeof name === "string" &&
    Array.isArray(extensions) &&
    typeof (kind === "sink" ? stage : open) === "function" &&
    typeof readOptions === "function"
  )
}

const missing = (message: string, hint: string, cause?: unknown): PluginError =>
  new PluginError({ plugin: "plugins", reason: "Config", message, hint, cause })
