import * as Result from "effect/Result"
import type * as Schema from "effect/Schema"
import { columnName, columnPath } from "../spec/Column.ts"
import { durationMicros } from "../spec/Duration.ts"
import { type MeasureTree, parseMeasure } from "../spec/Measure.ts"
import { digest, position } from "../plugin/EventBatch.ts"
import { didYouMean } from "../text/Nearest.ts"
import type { ReadSpec } from "../spec/readSpec.ts"
import type { Spec } from "../spec/Spec.ts"
import type { Path, SpecDocument } from "../spec/SpecDocument.ts"
import { SpecError, type SpecProblem } from "../spec/SpecError.ts"
import { oneOf } from "../spec/SpecIssues.ts"
import { compileTimeFormat, TimeFormatError } from "../time/TimeFormat.ts"
import { timeTextMicros } from "../time/TimeText.ts"
import { makeZone, UnknownZone, utc, type Zone } from "../time/Zone.ts"
import type { Dedupe, Plan } from "./Plan.ts"
import {
  builtInTables,
  type ColumnType,
  mappedColumns,
  sourceColumn,
  type TableColumns,
  tableColumns
} from "./Tables.ts"

/** Longest record that is read, in bytes. */
const maxRecordBytes = 16 * 1024 * 1024

/**
 * The plan of a spec: names resolved, defaults filled in, measures as trees. Every name that does not exist, zone or
 * time format that is not known, and measure that does not fit its column is reported with its place.
 */
export const makePlan = ({ spec, document }: ReadSpec): Result.Result<Plan, SpecError> => {
  const problems: Array<SpecProblem> = []
  const plan = new Planner(spec, document, problems).plan()
  if (problems.length === 0) return Result.succeed(plan)
  problems.sort((a, b) => a.line - b.line || a.column - b.column)
  return Result.fail(new SpecError({ file: document.file, problems }))
}

type Mapped = Exclude<Spec["event"]["user"], ReadonlyArray<string>> | ReadonlyArray<string>

class Planner {
  private readonly spec: Spec
  private readonly document: SpecDocument
  private readonly problems: Array<SpecProblem>
  /** Fields that the scan must deliver, in the order in which their rules are checked. */
  private readonly fields: Array<string> = []

  constructor(spec: Spec, document: SpecDocument, problems: Array<SpecProblem>) {
    this.spec = spec
    this.document = document
    this.problems = problems
  }

  plan(): Plan {
    const { spec } = this
    const validate = this.validate()
    const columns = mappedColumns({ validate })
    this.eventNames(validate)
    const dedupe = this.dedupe(validate, columns)
    const base: Plan = {
      version: 1,
      name: spec.name,
      timezone: spec.timezone,
      scan: {
        inputs: this.inputs(),
        columns: this.fields.map((path) => ({ name: path, path })),
        digest: dedupe.key === "record",
        max_record_bytes: maxRecordBytes
      },
      validate,
      order: { columns: this.names(spec.order, columns, ["order"], validate), tie: spec.tie },
      dedupe,
      sessionize: null,
      tables: [],
      write: []
    }
    this.zone(spec.timezone, ["timezone"])
    const sessionize = this.sessionize(base)
    const withSessions = { ...base, sessionize }
    const withTables = { ...withSessions, tables: this.tables(withSessions) }
    return { ...withTables, write: this.outputs(withTables) }
  }

  private inputs(): Plan["scan"]["inputs"] {
    const { uri, format } = this.spec.source
    const uris = typeof uri === "string" ? [uri] : uri
    return uris.map((one) => ({ uri: one, format: planFormat(format) }))
  }

  private validate(): Plan["validate"] {
    const { event } = this.spec
    const id = event.id === undefined ? null : this.mapped(event.id, ["event", "id"])
    const user = this.mapped(event.user, ["event", "user"])
    const time = this.mapped(event.time, ["event", "time"])
    const type = event.type === undefined ? null : this.mapped(event.type, ["event", "type"])
    const columns = Object.entries(event.columns).map(([name, text]) => ({ name, value: this.field(text) }))
    const zone = this.zone(event.timezone, ["event", "timezone"])
    const format = compileTimeFormat(event.time_format, zone)
    if (format instanceof TimeFormatError) this.problem(["event", "time_format"], format.message)
    const validate: Plan["validate"] = {
      null_values: event.null_values,
      id: id && { name: id.name, value: id.values[0] },
      user,
      time: { name: time.name, value: time.values[0], format: event.time_format, timezone: event.timezone },
      type: type && { name: type.name, value: type.values[0] },
      columns,
      required: [],
      allowed: [],
      time_range: {
        from: this.instant(event.time_range?.from, ["event", "time_range", "from"]),
        to: this.instant(event.time_range?.to, ["event", "time_range", "to"]),
        outside: event.time_range?.outside ?? "warn"
      }
    }
    const known = mappedColumns({ validate })
    const required = this.names(event.required, known, ["event", "required"], validate)
    const allowed = Object.entries(event.allowed).map(([name, values]) => {
      const path = ["event", "allowed", name]
      const column = this.name(name, known, path, validate, true)
      if (column === validate.time.name)
        this.problem(path, `"${name}" is a time, and limited by event.time_range`, { key: true })
      return { column, values }
    })
    return { ...validate, required, allowed }
  }

  private mapped(mapped: Mapped, path: Path) {
    const value = typeof mapped === "string" || Array.isArray(mapped) ? mapped : (mapped as { value: string }).value
    const texts = typeof value === "string" ? [value] : (value as ReadonlyArray<string>)
    const values = texts.map((text) => this.field(text))
    const given = typeof mapped === "object" && "as" in mapped ? mapped.as : undefined
    if (given === undefined && texts.length > 1) {
      const hint = `write { as: user, value: [${texts.join(", ")}] }`
      this.problem(path, "a key of several columns needs a name", { hint })
    }
    return { name: given ?? columnName(values[0].column), values }
  }

  private field(text: string): { readonly column: string } {
    const column = columnPath(text) ?? text
    if (!this.fields.includes(column)) this.fields.push(column)
    return { column }
  }

  private zone(name: string, path: Path): Zone {
    const zone = makeZone(name)
    if (!(zone instanceof UnknownZone)) return zone
    this.problem(path, zone.message)
    return utc
  }

  private instant(text: string | undefined, path: Path): string | null {
    if (text === undefined) return null
    if (timeTextMicros(text) === undefined) {
      this.problem(path, `expected a time such as 2024-07-10T10:00:00Z, found "${text}"`)
    }
    return text
  }

  /** Every column of an event has a name of its own, and none that Sojourn adds. */
  private eventNames(validate: Plan["validate"]): void {
    const { columns, id, time, type, user } = validate
    const roles = Object.entries({ user, time, type, id }).flatMap(([role, mapped]) =>
      mapped === null ? [] : [{ name: mapped.name, path: ["event", role, "as"], hint: otherName }]
    )
    const named = columns.map(({ name }) => ({ name, path: ["event", "columns", name], key: true }))
    this.distinct([...roles, ...named], new Map([...internal, sourceColumn, "session_id"].map((name) => [name, added])))
    for (const path of this.fields) {
      if (internal.includes(path)) this.problem(["event"], `a field named "${path}" cannot be read`, { key: true })
    }
  }

  /** Reports every name that is taken, with what it is the name of already. */
  private distinct(
    named: ReadonlyArray<{
      readonly name: string
      readonly path: Path
      readonly key?: boolean
      readonly hint?: string
    }>,
    taken: ReadonlyMap<string, string>
  ): void {
    const seen = new Map(taken)
    for (const { name, path, ...options } of named) {
      const what = seen.get(name)
      if (what === undefined) seen.set(name, "the name of two columns")
      else this.problem(path, `"${name}" is ${what}`, options)
    }
  }

  private dedupe(validate: Plan["validate"], columns: TableColumns): Dedupe {
    const key = this.spec.dedupe ?? (validate.id === null ? "record" : "id")
    if (typeof key !== "string") return { key: "columns", columns: this.names(key, columns, ["dedupe"], validate) }
    if (key === "id" && validate.id === null) this.problem(["dedupe"], 'dedupe by id needs "event.id"')
    return { key }
  }

  private sessionize(plan: Plan): Plan["sessionize"] {
    const sessions = this.spec.sessions
    if (sessions === undefined) return null
    const micros = sessions.gap === undefined ? undefined : durationMicros(sessions.gap)
    const rules = micros === undefined ? [] : [{ rule: "gap" as const, micros, boundary: sessions.boundary }]
    const shape = { rules, columns: [] }
    const withSessions = { ...plan, sessionize: shape }
    const from = tableColumns(withSessions, "events") ?? []
    const user = plan.validate.user.name
    const names = (tableColumns(withSessions, "sessions") ?? []).map(({ name }) => name)
    if (names.filter((name) => name === user).length > 1)
      this.problem(["event", "user", "as"], `"${user}" is ${added}`, { hint: otherName })
    const measures = Object.keys(sessions.columns).map((name) => ({
      name,
      path: ["sessions", "columns", name],
      key: true
    }))
    this.distinct(measures, new Map(names.map((name) => [name, name === user ? "the user" : added])))
    return { ...shape, columns: this.measures(sessions.columns, from, ["sessions", "columns"]) }
  }

  private tables(plan: Plan): Plan["tables"] {
    return Object.entries(this.spec.tables).map(([name, table]) => {
      const path = ["tables", name]
      if ((builtInTables as ReadonlyArray<string>).includes(name)) {
        this.problem(path, `"${name}" is a table that Sojourn makes itself`, { key: true })
      }
      const from = tableColumns(plan, table.from)
      const by = this.names(table.by, from ?? [], [...path, "by"], plan.validate)
      this.distinct(
        [
          ...by.map((name, i) => ({ name, path: [...path, "by", i] })),
          ...Object.keys(table.columns).map((name) => ({ name, path: [...path, "columns", name], key: true }))
        ],
        new Map()
      )
      if (from === undefined) this.problem([...path, "from"], noSessions)
      return {
        name,
        from: table.from,
        by,
        columns: this.measures(table.columns, from ?? [], [...path, "columns"])
      }
    })
  }

  private measures(texts: Readonly<Record<string, string>>, from: TableColumns, path: Path) {
    return Object.entries(texts).flatMap(([name, text]) => {
      const tree = parseMeasure(text)
      if (tree === undefined) return []
      this.fits(tree, from, [...path, name])
      return [{ name, value: tree }]
    })
  }

  private fits(tree: MeasureTree, from: TableColumns, path: Path): void {
    if (tree.measure === "count") return
    const column = from.find(({ name }) => name === tree.column)
    if (column === undefined) {
      this.unknown(
        "column",
        tree.column,
        from.map(({ name }) => name),
        path
      )
    } else if ((tree.measure === "sum" || tree.measure === "avg") && !["int64", "double"].includes(column.type)) {
      this.problem(path, `${tree.measure} needs a number, and "${column.name}" is ${typeNames[column.type]}`)
    }
  }

  private outputs(plan: Plan): Plan["write"] {
    return Object.entries(this.spec.outputs).flatMap(([table, output]) => {
      const path = ["outputs", table]
      const columns = tableColumns(plan, table)
      if (columns === undefined) {
        const names = [
          ...builtInTables.filter((name) => tableColumns(plan, name)),
          ...plan.tables.map(({ name }) => name)
        ]
        if (table === "sessions") this.problem(path, noSessions, { key: true })
        else this.unknown("table", table, names, path, true)
        return []
      }
      const names = columns.map(({ name }) => name)
      const chosen = output.columns ?? names
      for (const [i, name] of chosen.entries()) {
        if (!names.includes(name)) this.unknown("column", name, names, [...path, "columns", i])
        else if (chosen.indexOf(name) < i) this.problem([...path, "columns", i], `"${name}" stands here twice`)
      }
      return [{ table, uri: output.uri, format: planFormat(output.format), columns: chosen }]
    })
  }

  /** Column names as the spec may give them: a column of the table, or its role `user`, `time`, `type` or `id`. */
  private names(names: ReadonlyArray<string>, columns: TableColumns, path: Path, validate: Plan["validate"]) {
    return names.map((name, i) => this.name(name, columns, [...path, i], validate, false))
  }

  private name(name: string, columns: TableColumns, path: Path, validate: Plan["validate"], key: boolean): string {
    const known = columns.map((column) => column.name)
    if (known.includes(name)) return name
    const { id, time, type, user } = validate
    const roles = Object.entries({ user, time, type, id }).filter(
      ([, mapped]) => mapped !== null && known.includes(mapped.name)
    )
    const role = roles.find(([word]) => word === name)?.[1]
    if (role) return role.name
    this.unknown("column", name, [...known, ...roles.map(([word]) => word)], path, key)
    return name
  }

  private unknown(what: "column" | "table", name: string, known: ReadonlyArray<string>, path: Path, key = false): void {
    this.problem(path, `no ${what} "${name}"${didYouMean(name, known)}; expected ${oneOf(known)}`, { key })
  }

  private problem(path: Path, message: string, options?: { readonly key?: boolean; readonly hint?: string }): void {
    this.problems.push(this.document.problem(path, message, options))
  }
}

const typeNames: Readonly<Record<ColumnType, string>> = {
  text: "text",
  int64: "a number",
  double: "a number",
  timestamp: "a time",
  date: "a date",
  bool: "true or false"
}
const noSessions = 'there is no table of sessions: the spec has no "sessions"'
const otherName = "give it another name: { as: other_name, value: … }"
const added = "the name of a column that Sojourn adds"

/** Names that columns have in a batch of records, besides those of fields. */
const internal: ReadonlyArray<string> = [...Object.values(position), digest]

const planFormat = (format: Spec["source"]["format"]): Plan["write"][number]["format"] => {
  if (format === undefined) return null
  if (typeof format === "string") return { name: format, options: {} }
  const { name, ...options } = format
  return { name, options: options as Readonly<Record<string, Schema.Json>> }
}
