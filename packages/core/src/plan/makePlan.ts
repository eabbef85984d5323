import * as Result from "effect/Result"
import { durationMicros } from "../spec/Duration.ts"
import type { ReadSpec } from "../spec/readSpec.ts"
import { SpecError } from "../spec/SpecError.ts"
import { ColumnNames } from "./ColumnNames.ts"
import type { Dedupe, Plan, Validate } from "./Plan.ts"
import { mapTime, noTimes } from "./missingTables.ts"
import { planEvent } from "./planEvent.ts"
import { planInputs } from "./planInputs.ts"
import { Planning } from "./Planning.ts"
import { planChecks } from "./planChecks.ts"
import { planOutputs } from "./planOutputs.ts"
import { planPrint } from "./planPrint.ts"
import { checkRange, planRange } from "./planRange.ts"
import { planReports } from "./planReports.ts"
import { planSessions, planUsers } from "./planSessions.ts"
import { planTables } from "./planTables.ts"
import { hasTime, mappedColumns } from "./Tables.ts"

/** Longest record that is read, in bytes. */
const maxRecordBytes = 16 * 1024 * 1024

/**
 * The plan of a spec: names resolved, defaults filled in, expressions as typed trees. Every name that does not exist,
 * zone or time format that is not known, and expression that has no type is reported with its place.
 */
export const makePlan = (read: ReadSpec): Result.Result<Plan, SpecError> => {
  const planning = new Planning(read)
  const plan = planOf(planning)
  const { problems } = planning
  if (problems.length === 0) return Result.succeed(plan)
  problems.sort((a, b) => a.line - b.line || a.column - b.column)
  return Result.fail(new SpecError({ file: read.document.file, problems }))
}

/** Each part is planned with all parts before it. */
const planOf = (planning: Planning): Plan => {
  const { spec } = planning
  const { fields, validate } = planEvent(planning)
  const names = new ColumnNames(mappedColumns({ validate }), validate)
  const dedupe = planDedupe(planning, validate, names)
  planning.zone(spec.timezone, ["timezone"])
  const base: Plan = {
    version: 1,
    name: spec.name,
    timezone: spec.timezone,
    plugins: spec.plugins,
    scan: {
      inputs: planInputs(planning, fields),
      columns: fields.map((path) => ({ name: path, path })),
      digest: dedupe.key === "record",
      max_record_bytes: maxRecordBytes
    },
    validate,
    order: { columns: names.allNamed(spec.order, ["order"], planning), tie: spec.tie },
    dedupe,
    late: planLate(planning, validate),
    range: planRange(planning),
    sessionize: null,
    users: null,
    tables: [],
    checks: [],
    reports: [],
    bindings: [],
    write: [],
    print: null
  }
  const withSessions = { ...base, sessionize: planSessions(planning, base) }
  const withUsers = { ...withSessions, users: planUsers(planning, withSessions) }
  const withTables = { ...withUsers, tables: planTables(planning, withUsers) }
  const withChecks = { ...withTables, checks: planChecks(planning, withTables) }
  const write = planOutputs(planning, withChecks)
  checkRange(planning, withChecks, write)
  return {
    ...withChecks,
    reports: planReports(planning, withChecks),
    bindings: [...planning.bindings].sort(),
    write,
    print: planPrint(planning, withChecks)
  }
}

const planLate = (planning: Planning, validate: Validate): Plan["late"] => {
  const { late } = planning.spec
  if (late === undefined) return null
  if (!hasTime(validate)) planning.problem(["late"], `no event is late: ${noTimes}`, { key: true, hint: mapTime })
  return { older_than_micros: durationMicros(late.older_than) ?? 0, to: late.to }
}

const planDedupe = (planning: Planning, { id }: Validate, names: ColumnNames): Dedupe => {
  const given = planning.spec.dedupe ?? (id === null ? "record" : "id")
  const isMap = typeof given === "object" && "key" in given
  const path = isMap ? ["dedupe", "key"] : ["dedupe"]
  const key = isMap ? given.key : given
  const micros = isMap && given.within !== undefined ? durationMicros(given.within) : undefined
  const within = micros === undefined ? {} : { within_micros: micros }
  if (typeof key !== "string") return { key: "columns", columns: names.allNamed(key, path, planning), ...within }
  if (key === "id" && id === null) planning.problem(path, 'dedupe by id needs "event.id"')
  return { key, ...within }
}
