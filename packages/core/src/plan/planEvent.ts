import type { Names } from "../expression/Scope.ts"
import type { Tree, ValueType } from "../expression/Tree.ts"
import { digest, position, unknown } from "../plugin/EventBatch.ts"
import { columnName, columnPath } from "../spec/Column.ts"
import type { Spec } from "../spec/Spec.ts"
import type { Path } from "../spec/SpecDocument.ts"
import { compileTimeFormat, TimeFormatError } from "../time/TimeFormat.ts"
import { timeTextMicros } from "../time/TimeText.ts"
import { ColumnNames, rowScope } from "./ColumnNames.ts"
import { mapTime, noTimes } from "./missingTables.ts"
import { planFormat } from "./planFormat.ts"
import type { Enrich, Validate } from "./Plan.ts"
import type { NamedPlace, Planning } from "./Planning.ts"
import { mappedColumns, noTime } from "./Tables.ts"

/** What a name is that a column may not have. */
export const added = "the name of a column that Sojourn adds"
export const otherName = "give it another name: { as: other_name, value: … }"

/** Names that columns have in a batch of records, besides those of fields. */
const internal: ReadonlyArray<string> = [...Object.values(position), digest, unknown, noTime]

/** How events are made of records; `fields` are those that the scan must deliver, in the order of their rules. */
export const planEvent = (
  planning: Planning
): { readonly validate: Validate; readonly fields: ReadonlyArray<string> } => {
  const { event } = planning.spec
  const fields = new Fields(planning)
  const id = event.id === undefined ? null : fields.mapped(event.id, ["event", "id"], "text")
  const user = fields.mapped(event.user, ["event", "user"], "text")
  const time = event.time === undefined ? oneTime : fields.mapped(event.time, ["event", "time"], undefined)
  const type = event.type === undefined ? null : fields.mapped(event.type, ["event", "type"], "text")
  const columns = Object.entries(event.columns).map(([name, text]) => ({
    name,
    value: fields.value(text, ["event", "columns", name], undefined)
  }))
  const [timeValue] = time.values
  if (timeValue.type !== "text" && timeValue.type !== "timestamp") {
    const path = event.time === undefined ? ["event"] : valuePath(event.time, ["event", "time"])
    const hint = "times from numbers: to_timestamp(x), or ::text and event.time_format"
    planning.problem(path, `a time is text or a timestamp, and this is ${timeValue.type}`, { hint })
  }
  const zone = planning.zone(event.timezone, ["event", "timezone"])
  const format = compileTimeFormat(event.time_format, zone)
  if (format instanceof TimeFormatError) planning.problem(["event", "time_format"], format.message)

  if (event.time === undefined && event.time_range !== undefined) {
    planning.problem(["event", "time_range"], `there are no times: ${noTimes}`, { key: true, hint: mapTime })
  }

  const mapped: Validate = {
    null_values: event.null_values,
    id: id && { name: id.name, value: id.values[0] },
    user,
    time: { name: time.name, value: timeValue, format: event.time_format, timezone: event.timezone },
    type: type && { name: type.name, value: type.values[0] },
    columns,
    enrich: [],
    where: null,
    strict: event.strict,
    required: [],
    allowed: [],
    time_range: {
      from: instant(planning, event.time_range?.from, ["event", "time_range", "from"]),
      to: instant(planning, event.time_range?.to, ["event", "time_range", "to"]),
      outside: event.time_range?.outside ?? "warn"
    }
  }
  const known = new ColumnNames(mappedColumns({ validate: mapped }), mapped)
  const required = known.allNamed(event.required, ["event", "required"], planning)
  const allowed = Object.entries(event.allowed).map(([name, values]) => ({
    column: allowedColumn(planning, known, name),
    values
  }))
  const enrich = planEnrich(planning, known)
  const enriched = { ...mapped, required, allowed, enrich }
  const where =
    event.where === undefined
      ? null
      : planning.check(
          event.where,
          ["event", "where"],
          rowScope(new ColumnNames(mappedColumns({ validate: enriched }), enriched), "bool")
        ).tree
  const validate = { ...enriched, where }
  eventNames(planning, validate, fields.list)
  return { validate, fields: fields.list }
}

/** Events without a time are all of one instant. */
const oneTime: { readonly name: string; readonly values: ReadonlyArray<Tree> } = {
  name: noTime,
  values: [{ kind: "literal", value: "0", type: "timestamp" }]
}

type Mapping = Spec["event"]["user"]

const isList = (value: Mapping | string): value is ReadonlyArray<string> & Mapping => Array.isArray(value)

const valuePath = (mapping: Mapping, path: Path): Path =>
  typeof mapping === "string" || isList(mapping) ? path : [...path, "value"]

/** Expressions over the fields of a record, all of which are text. */
class Fields {
  readonly list: Array<string> = []
  private readonly planning: Planning
  private readonly names: Names = {
    resolve: (path) => ({ name: this.field(path.join(".")), type: "text" }),
    names: []
  }

  constructor(planning: Planning) {
    this.planning = planning
  }

  /** `type`: what it must be. */
  mapped(mapping: Mapping, path: Path, type: ValueType | undefined) {
    const value = typeof mapping === "string" || isList(mapping) ? mapping : mapping.value
    const at = valuePath(mapping, path)
    const texts = typeof value === "string" ? [value] : value
    const values = texts.map((text, i) => this.value(text, typeof value === "string" ? at : [...at, i], type))
    const given = typeof mapping === "object" && "as" in mapping ? mapping.as : undefined
    const only = texts.length === 1 ? columnPath(texts[0]) : undefined
    const isBroken = values.some((tree) => tree.kind === "literal")
    if (given === undefined && only === undefined && !isBroken) {
      const what = texts.length > 1 ? "a key of several columns" : "an expression"
      const shown = texts.length > 1 ? `[${texts.join(", ")}]` : `"…"`
      const hint = `write { as: ${String(path[1])}, value: ${shown} }`
      this.planning.problem(path, `${what} needs a name`, { hint })
    }
    return { name: given ?? (only === undefined ? String(path[1]) : columnName(only)), values }
  }

  /** A plain reference is taken as it is, whatever word it is. */
  value(text: string, path: Path, type: ValueType | undefined): Tree {
    const reference = columnPath(text)
    if (reference !== undefined) return { kind: "column", name: this.field(reference), type: "text" }
    return this.planning.check(text, path, rowScope(this.names, type)).tree
  }

  private field(path: string): string {
    if (!this.list.includes(path)) this.list.push(path)
    return path
  }
}

const instant = (planning: Planning, text: string | undefined, path: Path): string | null => {
  if (text === undefined) return null
  if (timeTextMicros(text) === undefined) {
    planning.problem(path, `expected a time such as 2024-07-10T10:00:00Z, found "${text}"`)
  }
  return text
}

const allowedColumn = (planning: Planning, known: ColumnNames, name: string): string => {
  const path = ["event", "allowed", name]
  const column = known.named(name, path, planning, true)
  const type = known.find(name)?.type ?? "text"
  if (type === "timestamp") {
    planning.problem(path, `"${name}" is a time, and limited by event.time_range`, { key: true })
  } else if (type !== "text")
    planning.problem(path, `"${name}" is ${type}, and only text can be limited`, { key: true })
  return column
}

const planEnrich = (planning: Planning, events: ColumnNames): ReadonlyArray<Enrich> =>
  Object.entries(planning.spec.event.enrich).map(([name, { columns, key, on, source }]) => {
    const path = ["event", "enrich", name]
    const fields = new Fields(planning)
    const keyField = fields.value(key, [...path, "key"], undefined)
    const made = Object.entries(columns).map(([column, text]) => ({
      name: column,
      value: fields.value(text, [...path, "columns", column], undefined)
    }))
    return {
      name,
      input: { uri: source.uri, format: planFormat(source.format) },
      scan: fields.list.map((field) => ({ name: field, path: field })),
      key: keyField.kind === "column" ? keyField.name : key,
      on: planning.check(on, [...path, "on"], rowScope(events, "text")).tree,
      columns: made
    }
  })

/** Every column of an event has a name of its own, and none that Sojourn adds. */
const eventNames = (planning: Planning, validate: Validate, fields: ReadonlyArray<string>): void => {
  const { columns, enrich, id, time, type, user } = validate
  const roles = Object.entries({ user, time, type, id }).flatMap(([role, mapped]) =>
    mapped === null || mapped.name === noTime
      ? []
      : [{ name: mapped.name, path: ["event", role, "as"], hint: otherName }]
  )
  const named: ReadonlyArray<NamedPlace> = [
    ...columns.map(({ name }) => ({ name, path: ["event", "columns", name], key: true })),
    ...enrich.flatMap((one) =>
      one.columns.map(({ name }) => ({ name, path: ["event", "enrich", one.name, "columns", name], key: true }))
    )
  ]
  planning.distinct([...roles, ...named], new Map([...internal, "$source", "session_id"].map((name) => [name, added])))
  for (const path of fields) {
    if (internal.includes(path)) planning.problem(["event"], `a field named "${path}" cannot be read`, { key: true })
  }
}
