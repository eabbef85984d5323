import { oneOf } from "@sojourn/core"
import type { ListedPlugin, PluginPackage } from "@sojourn/node"
import type { Style } from "./Style.ts"
import { titled } from "./Table.ts"

/** What a kind of plugin is, in the words of the documentation. */
const kindNames: Readonly<Record<string, string>> = {
  "file-decoder": "decoder",
  "read-store": "store, read",
  "write-store": "store, written"
}
const kindName = (kind: string): string => kindNames[kind] ?? kind

/** Packages and their plugins, for a terminal. */
export const pluginsText = (packages: ReadonlyArray<PluginPackage>, style: Style, width: number | undefined): string =>
  packages
    .map(({ name, plugins, problem, version }) => {
      const title = version === undefined ? name : `${name} ${version}`
      if (problem !== undefined) return `${style.bold(title)}\n${problem}`
      const rows = plugins.map((plugin) => [plugin.name, kindName(plugin.kind), plugin.summary, plugin.marks.join(" ")])
      return titled(title, ["name", "kind", "summary", "told by"], rows, style, width)
    })
    .join("\n\n")

/** One plugin with its options, for a terminal. */
export const pluginText = (plugin: ListedPlugin, from: string, style: Style, width: number | undefined): string => {
  const about = `${plugin.summary}${plugin.marks.length === 0 ? "" : ` (${plugin.marks.join(" ")})`}`
  const head = `${style.bold(`${plugin.name}, ${kindName(plugin.kind)}`)}  ${style.dim(from)}\n${about}`
  const options = optionsOf(plugin.options)
  if (options === undefined) return `${head}\n\nits package.json does not tell its options`
  if (options.length === 0) return `${head}\n\nno options`
  const lines = options.map(({ description, name, values }) => {
    const text = wrapped(description, Math.min(width ?? 100, 100) - 2)
    return `${style.bold(name)}  ${values}\n${text.map((line) => `  ${line}`).join("\n")}`
  })
  return `${head}\n\n${lines.join("\n")}`
}

/** Plugins as a page of Markdown. */
export const pluginsPage = (plugins: ReadonlyArray<ListedPlugin>): string =>
  plugins
    .map((plugin) => {
      const marks = plugin.marks.map((mark) => `\`${mark}\``).join(", ")
      const head = `## ${plugin.name}, ${kindName(plugin.kind)}\n\n${plugin.summary}${marks === "" ? "" : ` (${marks})`}.`
      const options = optionsOf(plugin.options) ?? []
      if (options.length === 0) return `${head} It has no options.`
      const rows = options.map(
        ({ description, name, values }) => `| \`${name}\` | ${cell(values)} | ${cell(description)} |`
      )
      return [head, "", "| option | values | |", "| --- | --- | --- |", ...rows].join("\n")
    })
    .join("\n\n")

const cell = (text: string): string => text.replaceAll("|", "\\|").replaceAll("\n", " ")

interface Option {
  readonly name: string
  /** What it may be: `a text`, `first or none`, `a whole number from 1`. */
  readonly values: string
  readonly description: string
}

interface JsonSchema {
  readonly type?: string
  readonly enum?: ReadonlyArray<unknown>
  readonly anyOf?: ReadonlyArray<JsonSchema>
  readonly description?: string
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: ReadonlyArray<string>
  readonly minimum?: number
  readonly maximum?: number
}

const optionsOf = (schema: unknown): ReadonlyArray<Option> | undefined => {
  if (typeof schema !== "object" || schema === null) return undefined
  const { properties = {}, required = [] } = schema as JsonSchema
  return Object.entries(properties).map(([name, option]) => ({
    name,
    values: required.includes(name) ? `${valuesText(option)}, required` : valuesText(option),
    description: option.description ?? ""
  }))
}

const valuesText = (schema: JsonSchema): string => {
  const { anyOf, maximum, minimum, type } = schema
  const choices = (anyOf ?? [schema]).flatMap(({ enum: values }) => values ?? [])
  const others = (anyOf ?? []).filter((one) => one.enum === undefined).map(valuesText)
  if (choices.length + others.length > 0) return oneOf([...choices.map((value) => JSON.stringify(value)), ...others])
  const range = `${minimum === undefined ? "" : ` from ${minimum.toLocaleString("en")}`}${maximum === undefined ? "" : ` to ${maximum.toLocaleString("en")}`}`
  const names: Readonly<Record<string, string>> = {
    string: "a text",
    boolean: "true or false",
    integer: `a whole number${range}`,
    number: `a number${range}`,
    array: "a list",
    object: "a map"
  }
  return names[type ?? ""] ?? "any value"
}

/** Words in lines of at most so many characters. */
const wrapped = (text: string, width: number): ReadonlyArray<string> => {
  const lines: Array<string> = []
  for (const word of text.split(" ")) {
    const last = lines.at(-1)
    if (last === undefined || last.length + word.length >= width) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}
