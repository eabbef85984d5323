import { PluginError } from "@sojourn/core"
import { existsSync, readFileSync } from "node:fs"
import { dirname, join, resolve } from "node:path"
import { builtInPlugins } from "./Formats.ts"
import { isModulePath, packageJsonOf } from "./Plugins.ts"

/** A plugin as it is told of, without being run. */
export interface ListedPlugin {
  readonly kind: string
  /** What a spec calls it. */
  readonly name: string
  readonly summary: string
  /** Endings of files, `.csv`, or what uris begin with, `s3://`. */
  readonly marks: ReadonlyArray<string>
  /** JSON Schema of its options; undefined where it is not told. */
  readonly options: unknown
}

/** The plugins of one package, or of one module that a spec names by its path. */
export interface PluginPackage {
  readonly name: string
  readonly version: string | undefined
  readonly plugins: ReadonlyArray<ListedPlugin>
  /** Why nothing is known of its plugins. */
  readonly problem?: string
}

/** Those that every spec knows. Stores are loaded for it, which takes a moment. */
export const builtInPackage = async (): Promise<PluginPackage> => ({
  name: "built in",
  version: undefined,
  plugins: [
    ...builtInPlugins.map((plugin) => ({
      kind: plugin.kind,
      name: plugin.name,
      summary: plugin.summary,
      marks: plugin.extensions.map((ending) => `.${ending}`),
      options: plugin.optionsSchema()
    })),
    ...(await builtInStores()).map((store) => ({
      kind: store.kind,
      name: store.name,
      summary: store.summary,
      marks: [`${store.scheme}://`],
      options: store.optionsSchema()
    }))
  ]
})

const builtInStores = async () => [
  (await import("@sojourn/sources-s3")).s3ReadStore,
  (await import("@sojourn/sinks-s3")).s3WriteStore
]

/** What the field `sojourn` of a package's package.json says, of a package that is known by name for some file. */
export const namedPackage = (name: string, specFile: string): PluginPackage => {
  if (isModulePath(name)) return { name, version: undefined, plugins: [], problem: "a module: it is not run to see" }
  const path = packageJsonOf(name, dirname(resolve(specFile)))
  if (path === undefined)
    return { name, version: undefined, plugins: [], problem: `not installed: npm install ${name}` }
  return describedBy(readPackage(path))
}

/** The packages with plugins among the dependencies of the nearest package.json, from a directory upwards. */
export const installedPackages = (directory: string): ReadonlyArray<PluginPackage> => {
  const nearest = nearestPackage(resolve(directory))
  if (nearest === undefined) return []
  const { dependencies, devDependencies, optionalDependencies, peerDependencies, sojourn } = readPackage(nearest)
  const names = [dependencies, devDependencies, optionalDependencies, peerDependencies].flatMap((some) =>
    Object.keys(some ?? {})
  )
  const others = [...new Set(names)].sort().flatMap((name) => {
    const path = packageJsonOf(name, dirname(nearest))
    const found = path === undefined ? undefined : readPackage(path)
    return found?.sojourn === undefined ? [] : [describedBy(found)]
  })
  return sojourn === undefined ? others : [describedBy(readPackage(nearest)), ...others]
}

interface PackageJson {
  readonly name?: string
  readonly version?: string
  readonly sojourn?: { readonly plugins?: unknown }
  readonly dependencies?: object
  readonly devDependencies?: object
  readonly optionalDependencies?: object
  readonly peerDependencies?: object
}

const readPackage = (path: string): PackageJson => {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as PackageJson
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause)
    throw new PluginError({ plugin: "plugins", reason: "Config", message: `cannot read ${path}: ${reason}`, cause })
  }
}

const nearestPackage = (directory: string): string | undefined => {
  const path = join(directory, "package.json")
  if (existsSync(path)) return path
  return dirname(directory) === directory ? undefined : nearestPackage(dirname(directory))
}

const describedBy = ({ name = "a package without a name", sojourn, version }: PackageJson): PluginPackage => {
  const told = sojourn?.plugins
  if (!Array.isArray(told)) {
    return { name, version, plugins: [], problem: "its package.json does not tell its plugins: sojourn.plugins" }
  }
  const plugins = told.map((plugin: unknown): ListedPlugin => {
    const { extensions, kind, name, options, summary } = (plugin ?? {}) as Readonly<Record<string, unknown>>
    const text = (value: unknown) => (typeof value === "string" ? value : "")
    const endings = Array.isArray(extensions) ? extensions.map((ending) => `.${String(ending)}`) : []
    return { kind: text(kind), name: text(name), summary: text(summary), marks: endings, options }
  })
  return { name, version, plugins }
}
