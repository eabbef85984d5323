import { SpecDocument } from "@sojourn/core"
import { builtInPackage, installedPackages, namedPackage, type PluginPackage, specFile } from "@sojourn/node"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { dirname } from "node:path"
import { UsageError } from "./Failure.ts"
import { pluginsPage, pluginsText, pluginText } from "./PluginsText.ts"
import { styleFor, widthOf } from "./Style.ts"

const specFlag = Flag.String("spec").pipe(
  Flag.withMetavar("FILE"),
  Flag.withDescription("Also those that this spec names (default: those of the nearest package.json)"),
  Flag.optional
)

const show = Command.make(
  "show",
  {
    names: Argument.String("name").pipe(
      Argument.withDescription("Plugins by their names (default: all)"),
      Argument.variadic()
    ),
    spec: specFlag,
    markdown: Flag.Boolean("markdown").pipe(
      Flag.withDescription("As a page of Markdown, for a README"),
      Flag.withDefault(false)
    )
  },
  Effect.fn("plugins show")(function* ({ markdown, names, spec }) {
    const packages = yield* packagesFor(spec)
    const all = packages.flatMap(({ name, plugins, version }) =>
      plugins.map((plugin) => ({ plugin, from: version === undefined ? name : `${name} ${version}` }))
    )
    const unknown = names.find((name) => !all.some(({ plugin }) => plugin.name === name))
    if (unknown !== undefined) {
      const known = [...new Set(all.map(({ plugin }) => plugin.name))].join(", ")
      return yield* new UsageError({ message: `no plugin "${unknown}"; there is ${known}` })
    }
    const chosen = all.filter(({ plugin }) => names.length === 0 || names.includes(plugin.name))
    const style = styleFor(process.stdout, process.env)
    const text = markdown
      ? pluginsPage(chosen.map(({ plugin }) => plugin))
      : chosen.map(({ from, plugin }) => pluginText(plugin, from, style, widthOf(process.stdout))).join("\n\n")
    process.stdout.write(`${text}\n`)
  })
).pipe(
  Command.withDescription("Show plugins with their options"),
  Command.withExamples([{ command: "sojourn plugins show csv", description: "What can be said of CSV" }])
)

/** `plugins`: what can be named as a format, or reached, without running any of it. */
export const pluginsCommand = Command.make(
  "plugins",
  { spec: specFlag },
  Effect.fn("plugins")(function* ({ spec }) {
    const packages = yield* packagesFor(spec)
    const style = styleFor(process.stdout, process.env)
    process.stdout.write(`${pluginsText(packages, style, widthOf(process.stdout))}\n`)
  })
).pipe(
  Command.withDescription("List the plugins that are built in, and those that are installed here"),
  Command.withSubcommands([show])
)

const packagesFor = Effect.fnUntraced(function* (spec: Option.Option<string>) {
  const packages: Array<PluginPackage> = [yield* Effect.promise(builtInPackage)]
  const add = (found: PluginPackage) => {
    if (!packages.some(({ name }) => name === found.name)) packages.push(found)
  }
  if (Option.isSome(spec)) {
    const { file, text } = yield* specFile(spec.value)
    const { plugins } = (SpecDocument.parse(file, text).value ?? {}) as { readonly plugins?: unknown }
    for (const name of Array.isArray(plugins) ? plugins : []) add(namedPackage(String(name), file))
  }
  const from = Option.match(spec, { onNone: () => ".", onSome: (file) => dirname(file) })
  for (const found of installedPackages(from)) add(found)
  return packages
})
