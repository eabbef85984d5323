import { durationMicros, durationExpected } from "./Duration.ts"
import type { Param } from "./Spec.ts"
import { oneOf } from "./SpecIssues.ts"

/** Keys of a spec whose values are taken as they stand: no params, no environment. */
export const literalKeys: ReadonlySet<PropertyKey> = new Set(["version", "name", "params"])

/** A reference to a param as it stands in a spec: a map with the one key `param`. */
export const paramName = (value: unknown): string | undefined => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined
  const entries = Object.entries(value)
  return entries.length === 1 && entries[0][0] === "param" && typeof entries[0][1] === "string"
    ? entries[0][1]
    : undefined
}

/** What a param may be; a duration is its text. */
export type ParamValue = string | number | boolean | ReadonlyArray<string>

/** A value of a param, or what was expected instead. */
type Parsed = { readonly value: ParamValue } | { readonly expected: string }

/** Reads a param given as text, such as on a command line. */
export const parseParam = (param: Param, text: string): Parsed => {
  const parsed = parseText(param, text)
  return "value" in parsed ? chosen(param, parsed) : parsed
}

/** The default of a param as its value, where it has one. */
export const defaultOf = (param: Param): Parsed | undefined => {
  const value = param.default
  if (value === undefined) return undefined
  if (param.type === "list") return isTexts(value) ? chosen(param, { value }) : { expected: "a list of texts" }
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? parseParam(param, String(value))
    : { expected: "one value" }
}

const isTexts = (value: unknown): value is ReadonlyArray<string> =>
  Array.isArray(value) && value.every((item) => typeof item === "string")

/** The value, if it is among the choices of its param. */
const chosen = ({ choices }: Param, parsed: { readonly value: ParamValue }): Parsed => {
  if (choices === undefined) return parsed
  const values = typeof parsed.value === "object" ? parsed.value : [String(parsed.value)]
  return values.every((value) => choices.includes(value)) ? parsed : { expected: oneOf(choices) }
}

const parseText = (param: Param, text: string): Parsed => {
  switch (param.type) {
    case "integer":
      return /^-?\d+$/.test(text) ? { value: Number(text) } : { expected: "a whole number" }
    case "boolean":
      return text === "true" || text === "false" ? { value: text === "true" } : { expected: "true or false" }
    case "duration":
      return text === "none" || durationMicros(text) !== undefined
        ? { value: text }
        : { expected: `none or ${durationExpected}` }
    case "list":
      return { value: text === "" ? [] : text.split(",").map((item) => item.trim()) }
    case "text":
    case "path":
      return { value: text }
  }
}
