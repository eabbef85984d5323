import { columnPath } from "../spec/Column.ts"
import type { SourceSpec } from "../spec/Spec.ts"
import { oneOf } from "../spec/SpecIssues.ts"
import { didYouMean } from "../text/Nearest.ts"
import { planFormat } from "./planFormat.ts"
import type { Plan } from "./Plan.ts"
import type { Planning } from "./Planning.ts"

type Inputs = Plan["scan"]["inputs"]

/** The inputs of a spec's sources, in order; `fields`: what the event reads. */
export const planInputs = (planning: Planning, fields: ReadonlyArray<string>): Inputs => {
  const { source, sources = {} } = planning.spec
  if (source !== undefined) return planSource(planning, source, null, fields)
  return Object.entries(sources).flatMap(([name, one]) => planSource(planning, one, name, fields))
}

const planSource = (
  planning: Planning,
  { fields: renamed, format, partition, uri }: SourceSpec,
  name: string | null,
  known: ReadonlyArray<string>
): Inputs => {
  const path = name === null ? ["source"] : ["sources", name]
  const paths = Object.entries(renamed).map(([field, text]) => {
    const own = columnPath(field) ?? field
    if (!known.includes(own)) {
      const message = `the event reads no field "${field}"${didYouMean(field, known)}; expected ${oneOf(known)}`
      planning.problem([...path, "fields", field], message, { key: true })
    }
    return [own, columnPath(text) ?? text] as const
  })
  const uris = typeof uri === "string" ? [uri] : uri
  return uris.map((one) => ({
    uri: one,
    format: planFormat(format),
    source: name,
    fields: Object.fromEntries(paths),
    partition: partition ?? null
  }))
}
