import { builtInTables, type Plan } from "@sojourn/core"
import { keptColumns } from "../results/keptColumns.ts"
import type { Limits } from "../Options.ts"

/**
 * The plan with nothing in it that reaches a place of the spec's choice: it reads files that were sent, by their names, and
 * writes every table that it makes, under the table's name. What is taken of a plan is named here, part by part, so
 * that a new part of plans does not come through unseen.
 */
export const confined = (plan: Plan, sent: ReadonlyArray<string>, limits: Limits): Plan => {
  const {
    bindings,
    checks,
    dedupe,
    late,
    name,
    order,
    range,
    sessionize,
    tables,
    timezone,
    users,
    version,
    ...places
  } = plan
  const { plugins: _, print: __, reports: ___, scan, validate, write: ____, ...unknown } = places
  nothingElse(unknown)
  return {
    version,
    name,
    timezone,
    plugins: [],
    scan: confinedScan(scan, validate.enrich, sent, limits),
    validate: confinedValidate(validate, sent),
    order,
    dedupe,
    late,
    range,
    sessionize,
    users,
    tables,
    checks,
    // Tables are kept, and read by page; a run here has no one before it.
    reports: [],
    bindings,
    write: keptTables(plan),
    print: null
  }
}

/** The compiler's word that nothing was forgotten. */
const nothingElse = (_: Readonly<Record<string, never>>): void => undefined

type Scan = Plan["scan"]
type Validate = Plan["validate"]

const confinedScan = (scan: Scan, enrich: Validate["enrich"], sent: ReadonlyArray<string>, limits: Limits): Scan => {
  const { columns, digest, inputs, max_record_bytes, ...unknown } = scan
  nothingElse(unknown)
  const joined = enrich.map(({ input: { uri } }) => uri)
  const named = inputs.map(({ uri }) => uri)
  // A spec that names files which were sent reads these; otherwise whatever was sent, save what is joined.
  const read = named.every((uri) => sent.includes(uri)) ? named : sent.filter((uri) => !joined.includes(uri))
  const format = inputs[0]?.format ?? null
  return {
    inputs: read.map((uri) => {
      const none = { format, source: null, fields: {}, partition: null }
      const { fields, partition, source, ...known } = inputs.find((one) => one.uri === uri) ?? none
      return { uri, format: known.format, source, fields, partition }
    }),
    columns,
    digest,
    max_record_bytes: Math.min(max_record_bytes, limits.recordBytes)
  }
}

/** Files that are joined must have been sent. */
const confinedValidate = (validate: Validate, sent: ReadonlyArray<string>): Validate => {
  const {
    allowed,
    columns,
    enrich,
    id,
    null_values,
    required,
    strict,
    time,
    time_range,
    type,
    user,
    where,
    ...unknown
  } = validate
  nothingElse(unknown)
  const joined = enrich.map(({ input, ...one }) => {
    const { columns, key, name, on, scan, ...unknown } = one
    nothingElse(unknown)
    if (!sent.includes(input.uri)) throw new Error(`${input.uri} is not among the files that were sent`)
    return { name, input: { uri: input.uri, format: input.format }, scan, key, on, columns }
  })
  return { allowed, columns, enrich: joined, id, null_values, required, strict, time, time_range, type, user, where }
}

const keptTables = (plan: Plan): Plan["write"] =>
  [...new Set([...builtInTables, ...plan.tables.map(({ name }) => name)])].flatMap((table) => {
    // What earlier checks found is read before it is written.
    if (table === "history" && plan.checks.length > 0) return []
    const columns = keptColumns(plan, table)?.map(({ name }) => name)
    return columns === undefined
      ? []
      : [{ output: table, table, uri: table, format: null, columns, partition: [], member: null }]
  })
