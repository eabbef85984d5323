import type { Texts } from "@sojourn/kernels"
import type { RecordBatch } from "apache-arrow"
import {
  columnData,
  int64Lanes,
  lanes,
  type NamedColumn,
  recordBatch,
  textColumn,
  textView,
  timestampColumn
} from "../arrow/Columns.ts"
import { Interner } from "../arrow/Interner.ts"
import type { Tree } from "../expression/Tree.ts"
import type { Plan } from "../plan/Plan.ts"
import { digest, type EventBatch, localMicrosOf, microsOf, position, unknown } from "../plugin/EventBatch.ts"
import { makeEventFilter, type ValidateContext } from "./EventFilter.ts"
import { int64At } from "../time/Int64.ts"
import { makeZone, utc } from "../time/Zone.ts"
import { type Failure, Failures } from "./Failures.ts"
import { type FieldText, fieldRules, nullText, type ReadTexts } from "./FieldText.ts"
import { type MappedText, MappedTexts } from "./MappedText.ts"
import { fieldOf, makeRecordFields } from "./RecordFields.ts"
import { rejectTable } from "./Rejects.ts"
import { selectRows } from "./Rows.ts"
import { type KnownTimes, makeTimeColumn, type TimeColumn, type TimeNotes, type TimeRange } from "./TimeColumn.ts"
import { makeTextExpression } from "./TextExpression.ts"
import { textOfData } from "./ValueCodes.ts"

/** What became of one batch of records. */
export interface Validated {
  /**
   * The accepted records: the columns of the plan's events (user, time, type, id, columns), then `$event`, and
   * `$digest` if the plan asks for it, and the columns of enrich.
   */
  readonly events: RecordBatch
  /** Accepted records that the plan leaves out. */
  readonly filtered: number
  /** The rejected records, decoder's and validation's, in the order of the input: the plan's table of rejects. */
  readonly rejects: RecordBatch
  /** What {@link Validated.rejects} is made from when it is asked for. */
  readonly rejected: { readonly batch: EventBatch; readonly failures: ReadonlyArray<Failure> }
  readonly times: TimeNotes
  /** For text columns of the events whose dictionary goes on growing: see {@link EventBatch}. */
  readonly texts: ReadonlyMap<string, Texts>
}

type Shape = Pick<Plan, "scan" | "timezone" | "validate">

/**
 * Makes the function that turns decoded records into typed events, for one input. Each rule is checked in the order
 * unknown fields, id, user, time, type, columns, enrich, where; the first that fails gives the reason. Pure: the batch is not changed.
 */
export const makeValidate = (plan: Shape, range: TimeRange, context: ValidateContext = noContext) => {
  const { validate } = plan
  const { id, type, user } = validate
  const nulls = new Set(validate.null_values)
  const isRequired = (name: string) => validate.required.includes(name)
  const reader = (name: string, tree: Tree, role: boolean): Reader => {
    const path = fieldOf(tree, name)
    const required = isRequired(name) || (role && name === user.name)
    const isField = tree.kind === "column"
    const expression =
      isField || !isTextual(tree) ? undefined : makeTextExpression(tree, name, plan.timezone, context.bindings)
    const rules = {
      path,
      required,
      allowed: validate.allowed.find(({ column }) => column === name)?.values,
      // What an expression gives is what it says: null texts were null before it.
      nulls: isField ? nulls : none,
      blankIsNull: role || required,
      scalarOnly: role,
      plainIntegers: name === user.name
    }
    const texts = new MappedTexts(rules, expression && { expression, rules: fieldRules(nulls) })
    return { name, path, field: isField ? tree.name : expression?.field, required, texts, tree }
  }
  const readers = {
    id: id && reader(id.name, id.value, true),
    user: user.values.map((tree) => reader(user.name, tree, true)),
    type: type && reader(type.name, type.value, true),
    columns: validate.columns.map(({ name, value }) => reader(name, value, false))
  }
  const timeTree = validate.time.value
  const timePath = fieldOf(timeTree, validate.time.name)
  const time = makeTimeColumn(timePath, validate.time.format, validate.time.timezone, range)
  const mappedReaders = [readers.id, ...readers.user, readers.type, ...readers.columns].filter((one) => one !== null)
  // The others are read as fields, text by text.
  const trees = mappedReaders.filter(({ field }) => field === undefined).map(({ tree }) => tree)
  const expressions = timeTree.kind === "column" ? trees : [timeTree, ...trees]
  const readFields = makeRecordFields(expressions, nulls, plan.timezone, context.bindings)
  const filter = makeEventFilter(validate, plan.timezone, context)

  /** `lateBefore`: events before it are rejected, in microseconds since 1970. */
  const validateBatch = (batch: EventBatch, source: string, lateBefore?: number): Validated => {
    const records = batch.records
    const failures = new Failures(records.numRows)
    const fields = readFields(records, batch.texts)
    /** The value of an expression; rows for which it has none are rejected. */
    const evaluated = (tree: Tree, name: string): NamedColumn => {
      const { data, failed, json } = fields.valueOf(tree)
      for (const [i, row] of failed?.rows.entries() ?? []) {
        const { column, reason } = failed?.causes[i] ?? { column: null, reason: "" }
        const field = column ?? name
        failures.note({ row, field, code: "field.type", reason: `${reason} for ${field}` })
      }
      return { name, data, json }
    }
    const mapped = ({ field, name, path, texts, tree }: Reader): MappedColumn => {
      const isField = field !== undefined
      const column = isField ? textView(records, field) : textOfData(evaluated(tree, name).data)
      const read = texts.read(column, isField ? batch.texts?.get(field) : undefined)
      failures.check(read.judged, path)
      return { name, json: tree.type === "json", ...read }
    }
    const typed = ({ name, path, required, tree }: Reader): NamedColumn => {
      const column = evaluated(tree, name)
      const { data } = column
      if (required && data.nullCount > 0) {
        const missing = { code: "field.missing", reason: `missing ${path}` } as const
        for (let row = 0; row < data.length; row++) {
          if (!data.getValid(row)) failures.note({ row, field: path, ...missing })
        }
      }
      return column
    }

    if (validate.strict) noteUnknown(records, failures)
    const idText = readers.id && mapped(readers.id)
    const userTexts = readers.user.map(mapped)
    const times = readTimes(records, timeTree, () => evaluated(timeTree, validate.time.name), time, nulls)
    failures.check(times, timePath)
    if (lateBefore !== undefined) noteLate(failures, times, lateBefore, timePath)
    const typeText = readers.type && mapped(readers.type)
    const columns = readers.columns.map((one) => (isTextual(one.tree) ? mapped(one) : typed(one)))

    const valid = failures.kept()
    const named: Array<NamedColumn> = [
      { name: user.name, data: userColumn(userTexts, valid) },
      { name: validate.time.name, data: timestampColumn(times.at(valid)) },
      ...[typeText, idText, ...columns].flatMap((one) => (one === null ? [] : [chosen(one, valid)])),
      { name: position.event, data: selectRows(columnData(records, position.event), valid) }
    ]
    if (plan.scan.digest) named.push({ name: digest, data: selectRows(columnData(records, digest), valid) })
    const { events, filtered } = filter(recordBatch(named, valid.length), (row, problem) =>
      failures.note({ row: valid[row], ...problem })
    )
    const texts = [typeText, idText, ...columns, ...(userTexts.length === 1 ? userTexts : [])].flatMap((one) =>
      one !== null && "text" in one && one.text.lasts ? [[one.name, one.text.values] as const] : []
    )
    let rejects: RecordBatch | undefined
    return {
      events,
      filtered,
      get rejects() {
        return (rejects ??= rejectTable(plan, batch, source, failures.list))
      },
      rejected: { batch, failures: failures.list },
      times: times.notes(failures.kept()),
      texts: new Map(texts)
    }
  }
  return Object.assign(validateBatch, { fields: plainFields(plan, readers, range) })
}

/** A plan's mapped fields as plain texts and a time, in the order in which they are checked. */
export interface PlainFields {
  /** `name` in the events, `path` of the field; no `texts` for the time. */
  readonly fields: ReadonlyArray<{
    readonly name: string
    readonly path: string
    readonly required: boolean
    readonly texts: MappedTexts | undefined
    /** Its texts are JSON tokens in the events. */
    readonly json: boolean
  }>
  readonly range: TimeRange
  /** Times without a zone are in UTC. */
  readonly isUtc: boolean
}

/** Undefined where more has to be done than to look at each field by itself. */
const plainFields = (
  { scan, validate }: Shape,
  { columns, id, type, user }: Readers,
  range: TimeRange
): PlainFields | undefined => {
  const path = fieldOf(validate.time.value, "")
  const time = { name: validate.time.name, path, required: true, texts: undefined, json: false }
  const mapped = [id, ...user, type, ...columns].filter((one) => one !== null)
  const isPlain =
    user.length === 1 &&
    mapped.every(({ field, tree }) => field !== undefined && isTextual(tree)) &&
    validate.time.value.kind === "column" &&
    validate.time.format === "iso8601" &&
    validate.null_values.length === 0 &&
    validate.where === null &&
    validate.enrich.length === 0 &&
    !scan.digest
  if (!isPlain) return undefined
  const isBefore = (one: Reader) => one === id || one === user[0]
  return {
    fields: [
      ...mapped.filter(isBefore).map(plainField),
      time,
      ...mapped.filter((one) => !isBefore(one)).map(plainField)
    ],
    range,
    isUtc: makeZone(validate.time.timezone) === utc
  }
}

const plainField = ({ name, path, required, texts, tree }: Reader) => ({
  name,
  path,
  required,
  texts,
  json: tree.type === "json"
})

const noContext: ValidateContext = { bindings: new Map(), lookups: [] }
const none: ReadonlySet<string> = new Set()

interface Readers {
  readonly id: Reader | null
  readonly user: ReadonlyArray<Reader>
  readonly type: Reader | null
  readonly columns: ReadonlyArray<Reader>
}

/** How one mapped value is read. */
interface Reader {
  readonly name: string
  readonly path: string
  /** The field whose texts are read; undefined for an expression that is evaluated record by record. */
  readonly field: string | undefined
  readonly required: boolean
  readonly texts: MappedTexts
  readonly tree: Tree
}

interface MappedColumn extends MappedText {
  readonly name: string
  readonly json: boolean
}

const isTextual = ({ type }: Tree): boolean => type === "text" || type === "json"

const chosen = (column: MappedColumn | NamedColumn, rows: Int32Array): NamedColumn => {
  const { json = false, name } = column
  return "text" in column
    ? { name, json, data: textOf(column.column, column.text, rows) }
    : { name, json, data: selectRows(column.data, rows) }
}

/** Notes the rows with fields that are not known; without the column there are none. */
const noteUnknown = (records: RecordBatch, failures: Failures): void => {
  if (!records.schema.names.includes(unknown)) return
  const { codes, dictionary } = textView(records, unknown)
  for (let row = 0; row < codes.length; row++) {
    if (codes[row] < 0) continue
    const field = String(dictionary.get(codes[row]))
    const reason = `unknown ${field.includes(", ") ? "fields" : "field"} ${field}`
    failures.note({ row, field, code: "field.unknown", reason })
  }
}

/** Times from a field, from an expression that gives text, or from one that gives times. */
const readTimes = (
  records: RecordBatch,
  tree: Tree,
  evaluate: () => NamedColumn,
  time: ReturnType<typeof makeTimeColumn>,
  nulls: ReadonlySet<string>
): TimeColumn => {
  if (tree.kind === "column") {
    return time(textView(records, tree.name), nulls, knownTimes(records, tree.name))
  }
  const { data } = evaluate()
  if (tree.type === "text") return time(textOfData(data), none)
  // Every row is a text of its own whose time is known already.
  const codes = Int32Array.from({ length: data.length }, (_, row) => (data.getValid(row) ? row : -1))
  return time({ ...textOfData(textColumn(new Int32Array(0), noTexts)), codes, size: data.length }, none, {
    micros: lanes(data.values),
    local: false
  })
}

/** Rejects the times before another. */
const noteLate = (failures: Failures, times: TimeColumn, before: number, field: string): void => {
  const rows = failures.kept()
  const micros = lanes(times.at(rows))
  for (const [i, row] of rows.entries()) {
    if (int64At(micros, i) < before) failures.note({ row, field, code: "time.late", reason: `late ${field}` })
  }
}

const noTexts = new Interner().toVector()

const knownTimes = (records: RecordBatch, path: string): KnownTimes | undefined => {
  const { names } = records.schema
  if (names.includes(microsOf(path))) return { micros: int64Lanes(records, microsOf(path)), local: false }
  const local = localMicrosOf(path)
  return names.includes(local) ? { micros: int64Lanes(records, local), local: true } : undefined
}

const textOf = (column: ReadTexts, text: FieldText, rows: Int32Array) => {
  const codes = new Int32Array(rows.length)
  for (let i = 0; i < rows.length; i++) {
    const code = column.codes[rows[i]]
    codes[i] = code < 0 ? nullText : text.meaning[code]
  }
  return textColumn(codes, text.values.vector())
}

/** One part is the user itself; several are written as a JSON array, so that no two keys look alike. */
const userColumn = (parts: ReadonlyArray<MappedText>, rows: Int32Array) => {
  if (parts.length === 1) return textOf(parts[0].column, parts[0].text, rows)
  const users = new Interner()
  const codes = new Int32Array(rows.length)
  const known = new Map<string, number>()
  for (let i = 0; i < rows.length; i++) {
    const key = parts.map(({ column, text }) => text.meaning[column.codes[rows[i]]])
    const name = key.join()
    let code = known.get(name)
    if (code === undefined) {
      const bytes = encoder.encode(JSON.stringify(parts.map(({ text }, part) => text.values.text(key[part]))))
      code = users.intern(bytes, 0, bytes.length)
      known.set(name, code)
    }
    codes[i] = code
  }
  return textColumn(codes, users.vector())
}

const encoder = new TextEncoder()
