import type { FormatChoice } from "@sojourn/node"
import * as Flag from "effect/cli/Flag"
import * as Option from "effect/Option"

const optional = (name: string, metavar: string, description: string) =>
  Flag.String(name).pipe(Flag.withMetavar(metavar), Flag.withDescription(description), Flag.optional)

/** How inputs are read, where their names and first bytes do not tell. */
export const inputFlags = {
  format: optional("format", "F", "json or csv (default: by the file ending, else by the content)"),
  header: optional("header", "H", "CSV: first (the first row has the names), none (c1, c2, …), or the names: user,time,page"),
  delimiter: optional("delimiter", "D", "CSV: one of , ; | or tab (default: found out)"),
  layout: optional("layout", "L", "JSON: lines, values or array (default: found out)")
}

type Given = Readonly<Record<keyof typeof inputFlags, Option.Option<string>>>

/** The format that the flags ask for; undefined when they say nothing. */
export const inputFormat = ({ delimiter, format, header, layout }: Given): FormatChoice | undefined => {
  const csv = {
    ...(Option.isNone(header) ? {} : { header: headerOption(header.value) }),
    ...(Option.isNone(delimiter) ? {} : { delimiter: delimiter.value === "tab" ? "\t" : delimiter.value })
  }
  const json = Option.isNone(layout) ? {} : { layout: layout.value }
  const name = Option.getOrUndefined(format) ?? (Object.keys(csv).length > 0 ? "csv" : Object.keys(json).length > 0 ? "json" : undefined)
  return name === undefined ? undefined : { name, options: { ...csv, ...json } }
}

const headerOption = (text: string): string | ReadonlyArray<string> =>
  text === "first" || text === "none" ? text : text.split(",").map((name) => name.trim())
