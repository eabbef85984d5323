import { compileTimeFormat, TimeFormatError } from "../time/TimeFormat.ts"
import { utc } from "../time/Zone.ts"
import { isDateUnit, dateUnits } from "./DateUnit.ts"
import { jsonPathExpected, parseJsonPath } from "./JsonPath.ts"
import { compileRegex } from "./Regex.ts"
import { strftimeProblem } from "./Strftime.ts"
import type { ValueType } from "./Tree.ts"

/** What an argument has to be: a type, one of several types, or a literal that is looked at before anything runs. */
export type Parameter =
  | ValueType
  /** int64 or double */
  | "number"
  /** A timestamp or a date. */
  | "day"
  /** Text or json, as it is. */
  | "document"
  /** Says what is wrong with a literal, or with the literals before it too. */
  | {
      readonly literal: "text" | "int64"
      readonly problem: (value: string, before: ReadonlyArray<string>) => string | undefined
    }

/** A function of values. */
export interface Signature {
  readonly parameters: ReadonlyArray<Parameter>
  /** So many of the parameters, from the left, must be given. */
  readonly required: number
  /** The last parameter may be given again and again. */
  readonly many: boolean
  /** A type, or that of the argument with this number. */
  readonly result: ValueType | number
}

const takes = (
  parameters: ReadonlyArray<Parameter>,
  result: ValueType | number,
  required = parameters.length
): Signature => ({ parameters, required, many: false, result })

const regex: Parameter = {
  literal: "text",
  problem: (value) => {
    const compiled = compileRegex(value)
    return typeof compiled === "string" ? compiled : undefined
  }
}

const group: Parameter = {
  literal: "int64",
  problem: (value, [pattern]) => {
    const compiled = compileRegex(pattern)
    const groups = typeof compiled === "string" ? 0 : compiled.groupCount()
    if (Number(value) >= 0 && Number(value) <= groups) return undefined
    return groups === 0 ? `the pattern has no group ${value}` : `the pattern has groups 1 to ${groups}, not ${value}`
  }
}

const replacement: Parameter = {
  literal: "text",
  problem: (value, [pattern]) => {
    const compiled = compileRegex(pattern)
    const groups = typeof compiled === "string" ? 0 : compiled.groupCount()
    const missing = [...value.matchAll(/\\([\d\\])/g)].find(([, digit]) => Number(digit) > groups)
    return missing === undefined ? undefined : `the pattern has no group ${missing[1]}`
  }
}

const everywhere: Parameter = {
  literal: "text",
  problem: (value) => (value === "g" ? undefined : "expected 'g', to replace every match")
}

const unit: Parameter = {
  literal: "text",
  problem: (value) => (isDateUnit(value) ? undefined : `expected ${dateUnits.map((one) => `'${one}'`).join(", ")}`)
}

const path: Parameter = {
  literal: "text",
  problem: (value) => (parseJsonPath(value) === undefined ? `expected ${jsonPathExpected}` : undefined)
}

const timeFormatProblem = (format: string): string | undefined => {
  const parse = compileTimeFormat(format, utc)
  return parse instanceof TimeFormatError ? parse.message : undefined
}

const decimals: Parameter = {
  literal: "int64",
  problem: (value) => (Number(value) >= 0 && Number(value) <= 15 ? undefined : "expected 0 to 15 decimals")
}

/** How many arguments are taken. */
export type Count = readonly [least: number, most: number]

/** Every function but those that are syntax, such as `coalesce` and `least`, whose arguments share one type. */
export const functions: ReadonlyMap<string, Signature> = new Map(
  Object.entries({
    lower: takes(["text"], "text"),
    upper: takes(["text"], "text"),
    trim: takes(["text"], "text"),
    ltrim: takes(["text"], "text"),
    rtrim: takes(["text"], "text"),
    substr: takes(["text", "int64", "int64"], "text", 2),
    length: takes(["text"], "int64"),
    concat: { parameters: ["text"], required: 1, many: true, result: "text" },
    replace: takes(["text", "text", "text"], "text"),
    split_part: takes(["text", "text", "int64"], "text"),
    starts_with: takes(["text", "text"], "bool"),
    ends_with: takes(["text", "text"], "bool"),
    contains: takes(["text", "text"], "bool"),

    regexp_matches: takes(["text", regex], "bool"),
    regexp_extract: takes(["text", regex, group], "text", 2),
    regexp_replace: takes(["text", regex, replacement, everywhere], "text", 3),

    json_extract: takes(["document", path], "json"),
    json_extract_text: takes(["document", path], "text"),
    kv: takes(["document", "text"], "text"),
    url_host: takes(["text"], "text"),
    url_path: takes(["text"], "text"),
    url_param: takes(["text", "text"], "text"),

    date_trunc: takes([unit, "day"], 1),
    date: takes(["timestamp"], "date"),
    hour: takes(["timestamp"], "int64"),
    minute: takes(["timestamp"], "int64"),
    day_of_week: takes(["day"], "int64"),
    year: takes(["day"], "int64"),
    month: takes(["day"], "int64"),
    strftime: takes(["day", { literal: "text", problem: strftimeProblem }], "text"),
    epoch_ms: takes(["timestamp"], "int64"),
    to_timestamp: takes(["double"], "timestamp"),
    parse_time: takes(["text", { literal: "text", problem: timeFormatProblem }], "timestamp"),
    seconds: takes(["interval"], "double"),

    sha256: takes(["text"], "text"),
    hmac_sha256: takes(["text", "text"], "text"),
    is_bot: takes(["text"], "bool"),
    source_kind: takes(["text"], "text"),

    abs: takes(["number"], 0),
    round: takes(["number", decimals], 0, 1),
    floor: takes(["number"], 0),
    ceil: takes(["number"], 0),
    sign: takes(["number"], "int64"),
    sqrt: takes(["double"], "double"),
    ln: takes(["double"], "double"),
    exp: takes(["double"], "double"),
    power: takes(["double", "double"], "double")
  } satisfies Record<string, Signature>)
)

/** Functions whose arguments share one type, and how many arguments they take at least and at most. */
export const sharing: ReadonlyMap<string, Count> = new Map<string, Count>([
  ["coalesce", [1, Number.MAX_SAFE_INTEGER]],
  ["least", [1, Number.MAX_SAFE_INTEGER]],
  ["greatest", [1, Number.MAX_SAFE_INTEGER]],
  ["nullif", [2, 2]]
])

/** Measures over the rows of a group, and how many arguments they take. */
export const measures: ReadonlyMap<string, Count> = new Map<string, Count>([
  ...["count", "list", "sum", "min", "max", "avg", "first", "last", "any", "all", "median"].map(
    (name): [string, Count] => [name, [1, 1]]
  ),
  ["quantile", [2, 2]],
  ["avg_gap", [0, 0]],
  ["active_time", [1, 2]]
])

/** Measures of the time between events. */
export const ofEvents: ReadonlySet<string> = new Set(["avg_gap", "active_time"])

/** Looks at other rows, and how many arguments they take. */
export const windows: ReadonlyMap<string, Count> = new Map<string, Count>([
  ["number", [0, 0]],
  ["rank", [0, 0]],
  ["next", [1, 1]],
  ["previous", [1, 1]]
])
