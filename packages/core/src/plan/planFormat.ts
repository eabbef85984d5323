import type * as Schema from "effect/Schema"
import type { SourceSpec } from "../spec/Spec.ts"
import type { Write } from "./Plan.ts"

export const planFormat = (format: SourceSpec["format"]): Write["format"] => {
  if (format === undefined) return null
  if (typeof format === "string") return { name: format, options: {} }
  const { name, ...options } = format
  return { name, options: options as Readonly<Record<string, Schema.Json>> }
}
