import { type FormatChoice } from "@sojourn/node"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import { UsageError } from "./Failure.ts"

/** How inputs are read, where their names and first bytes do not tell. */
export const inputFlags = {
  format: Flag.Literals("format", ["json", "csv", "access-log", "parquet"]).pipe(
    Flag.withDescription("Format of the input (default: by the file ending, else by the content)"),
    Flag.optional
  ),
  header: Flag.String("header").pipe(
    Flag.withMetavar("H"),
    Flag.withDescription("CSV: first (the first row has the names), none (c1, c2, …), or the names: user,time,page"),
    Flag.optional
  ),
  delimiter: Flag.Literals("delimiter", [",", ";", "|", "tab"]).pipe(
    Flag.withDescription("CSV: what stands between fields (default: found out)"),
    Flag.optional
  ),
  layout: Flag.Literals("layout", ["lines", "values", "array"]).pipe(
    Flag.withDescription("JSON: how records stand in the file (default: found out)"),
    Flag.optional
  )
}

type Given = {
  readonly [name in keyof typeof inputFlags]: Option.Option<string>
}

/** The format that the flags ask for; undefined when they say nothing. */
export const inputFormat = ({
  delimiter,
  format,
  header,
  layout
}: Given): Effect.Effect<FormatChoice | undefined, UsageError> => {
  const csv = {
    ...(Option.isNone(header) ? {} : { header: headerOption(header.value) }),
    ...(Option.isNone(delimiter) ? {} : { delimiter: delimiter.value === "tab" ? "\t" : delimiter.value })
  }
  const json = Option.isNone(layout) ? {} : { layout: layout.value }
  const [csvFlag] = Object.keys(csv)
  const [jsonFlag] = Object.keys(json)
  const name = Option.getOrElse(format, () => (csvFlag === undefined ? jsonFlag && "json" : "csv"))
  if (csvFlag !== undefined && name !== "csv") return wrongFormat(csvFlag, "csv", name)
  if (jsonFlag !== undefined && name !== "json") return wrongFormat(jsonFlag, "json", name)
  return Effect.succeed(name === undefined ? undefined : { name, options: { ...csv, ...json } })
}

const formatNames: Readonly<Record<string, string>> = {
  json: "JSON",
  csv: "CSV",
  "access-log": "an access log",
  parquet: "Parquet"
}

const wrongFormat = (flag: string, format: string, found: string | undefined) =>
  Effect.fail(
    new UsageError({ message: `--${flag} is for ${formatNames[format]}, not for ${formatNames[found ?? "json"]}` })
  )

const headerOption = (text: string): string | ReadonlyArray<string> =>
  text === "first" || text === "none" ? text : text.split(",").map((name) => name.trim())
