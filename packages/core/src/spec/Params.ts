import { durationMicros, durationExpected } from "./Duration.ts"
import type { Param } from "./Spec.ts"

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

/** Reads a param given as text, such as on a command line; a string is what was expected instead. */
export const parseParam = (param: Param, text: string): { readonly value: unknown } | { readonly expected: string } => {
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
      return { value: text.split(",").map((item) => item.trim()) }
    case "text":
    case "path":
      return { value: text }
  }
}
