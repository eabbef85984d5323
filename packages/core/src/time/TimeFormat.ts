import * as Data from "effect/Data"
import { nearest } from "../text/Nearest.ts"
import { epoch } from "./Epoch.ts"
import { type ParseTime } from "./Instant.ts"
import { iso8601 } from "./Iso8601.ts"
import { compilePattern, PatternError } from "./Pattern.ts"
import { type Zone } from "./Zone.ts"

/** Formats with a name; every other format is a pattern. */
const named: ReadonlyMap<string, (zone: Zone) => ParseTime> = new Map([
  ["iso8601", iso8601],
  ["epoch_s", () => epoch("s")],
  ["epoch_ms", () => epoch("ms")],
  ["epoch_us", () => epoch("us")],
  ["epoch_ns", () => epoch("ns")]
])

/** What a text is that is no time in a format. */
export const invalidTime = (format: string): string => {
  if (format === "iso8601") return "invalid ISO-8601"
  return format.startsWith("epoch_") ? `invalid ${format}` : `invalid time, expected ${format}`
}

/** A format is neither a named one nor a pattern. */
export class TimeFormatError extends Data.TaggedError("TimeFormatError")<{
  readonly message: string
  readonly format: string
  /** The named format that was probably meant. */
  readonly nearest?: string
  /** Otherwise why it is no pattern. */
  readonly cause?: PatternError
}> {}

/**
 * The parser of `iso8601`, `epoch_s`, `epoch_ms`, `epoch_us`, `epoch_ns` or a pattern (see `compilePattern`). Times
 * without a zone are taken in `zone`.
 */
export const compileTimeFormat = (format: string, zone: Zone): ParseTime | TimeFormatError => {
  const parser = named.get(format)
  if (parser !== undefined) return parser(zone)
  const pattern = compilePattern(format)
  if (!(pattern instanceof PatternError)) return pattern.parser(zone)
  const names = [...named.keys()]
  const guess = nearest(format, names)
  const hint =
    guess === undefined ? `as a pattern, character ${pattern.position}: ${pattern.problem}` : `did you mean "${guess}"?`
  return new TimeFormatError({
    message: `unknown time format "${format}": expected ${names.join(", ")} or a pattern such as dd.MM.yyyy HH:mm; ${hint}`,
    format,
    ...(guess === undefined ? { cause: pattern } : { nearest: guess })
  })
}
