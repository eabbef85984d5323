import type { RecordBatch } from "apache-arrow"
import {
  columnData,
  int64Column,
  int64Lanes,
  type NamedColumn,
  recordBatch,
  textColumn,
  textView,
  type TextView,
  timestampColumn,
  lanes
} from "../arrow/Columns.ts"
import { Interner } from "../arrow/Interner.ts"
import type { Plan } from "../plan/Plan.ts"
import { digest, type EventBatch, position, type RejectCode } from "../plugin/EventBatch.ts"
import { fieldText, type FieldText, nullText, type TextRules, wrongKind } from "./FieldText.ts"
import { selectRows } from "./Rows.ts"
import { makeTimeColumn, type TimeColumn, type TimeRange } from "./TimeColumn.ts"
import { type Failure, rejectTable } from "./Rejects.ts"

/** What became of one batch of records. */
export interface Validated {
  /**
   * The accepted records: the columns of the plan's events (user, time, type, id, columns), then `$event`, and
   * `$digest` if the plan asks for it.
   */
  readonly events: RecordBatch
  /** The rejected records, decoder's and validation's, in the order of the input: the plan's table of rejects. */
  readonly rejects: RecordBatch
  readonly times: TimeNotes
}

/** Facts about the accepted times, counted for the summary. */
export interface TimeNotes {
  /** Named no zone. */
  readonly local: number
  /** Fell into the hour that a clock change skips, and were moved forward. */
  readonly skipped: number
  /** Fell into the hour that a clock change repeats; the earlier was taken. */
  readonly doubled: number
  /** Outside the plausible range. */
  readonly outside: number
}

type Shape = Pick<Plan, "scan" | "validate">

/**
 * Makes the function that turns decoded records into typed events, for one input. Each rule is checked in the order
 * id, user, time, type, columns; the first that fails gives the reason. Pure: the batch is not changed.
 */
export const makeValidate = (plan: Shape, range: TimeRange) => {
  const { validate } = plan
  const nulls = new Set(validate.null_values)
  const isRequired = (name: string) => validate.required.includes(name)
  const rules = (name: string, role: boolean): TextRules => ({
    nulls,
    blankIsNull: role || isRequired(name),
    scalarOnly: role,
    plainIntegers: name === validate.user.name
  })
  const time = makeTimeColumn(validate.time.format, validate.time.timezone, range)

  return (batch: EventBatch, source: string): Validated => {
    const records = batch.records
    const rows = records.numRows
    const failures = new Failures(rows)
    const view = (path: string) => textView(records, path)
    const check = (name: string, column: TextView, text: FieldText, required: boolean, path: string) => {
      const allowed = validate.allowed.find(({ column: other }) => other === name)
      const isAllowed = allowed && allowedValues(text, allowed.values)
      for (let row = 0; row < rows; row++) {
        const code = column.codes[row]
        const meaning = code < 0 ? nullText : text.meaning[code]
        if (meaning === nullText) {
          if (required) failures.add(row, "field.missing", `missing ${path}`, path)
        } else if (meaning === wrongKind) failures.add(row, "field.type", `invalid type for ${path}`, path)
        else if (isAllowed !== undefined && isAllowed[meaning] === 0) {
          failures.add(row, "field.value", `unexpected value for ${path}`, path)
        }
      }
    }
    const mapped = (name: string, path: string, role: boolean, required: boolean) => {
      const column = view(path)
      const text = fieldText(column, rules(name, role))
      check(name, column, text, required, path)
      return { column, text }
    }

    const { id, type, user } = validate
    const idText = id && mapped(id.name, id.value.column, true, isRequired(id.name))
    const userTexts = user.values.map(({ column }) => mapped(user.name, column, true, true))
    const timePath = validate.time.value.column
    const times = time(view(timePath), nulls)
    checkTimes(times, failures, timePath)
    const typeText = type && mapped(type.name, type.value.column, true, isRequired(type.name))
    const columns = validate.columns.map(({ name, value }) => ({
      name,
      ...mapped(name, value.column, false, isRequired(name))
    }))

    const kept = failures.kept()
    const texts: Array<{ readonly name: string; readonly column: TextView; readonly text: FieldText }> = []
    if (type && typeText) texts.push({ name: type.name, ...typeText })
    if (id && idText) texts.push({ name: id.name, ...idText })
    texts.push(...columns)
    const named: Array<NamedColumn> = [
      { name: user.name, data: userColumn(userTexts, kept) },
      { name: validate.time.name, data: timestampColumn(times.at(kept)) },
      ...texts.map(({ name, column, text }) => ({ name, data: textOf(column, text, kept) })),
      { name: position.event, data: int64Column(selectInt64(records, position.event, kept)) }
    ]
    if (plan.scan.digest) named.push({ name: digest, data: selectRows(columnData(records, digest), kept) })
    return {
      events: recordBatch(named, kept.length),
      rejects: rejectTable(plan, batch, source, failures.list),
      times: times.notes(kept)
    }
  }
}

/** The first failure of each row. */
class Failures {
  readonly list: Array<Failure> = []
  private readonly failed: Uint8Array

  constructor(rows: number) {
    this.failed = new Uint8Array(rows)
  }

  add(row: number, code: RejectCode, reason: string, field: string): void {
    if (this.failed[row] === 1) return
    this.failed[row] = 1
    this.list.push({ row, code, reason, field })
  }

  /** The rows without a failure, ascending. */
  kept(): Int32Array {
    const kept = new Int32Array(this.failed.length - this.list.length)
    for (let row = 0, at = 0; row < this.failed.length; row++) if (this.failed[row] === 0) kept[at++] = row
    return kept
  }
}

const checkTimes = (times: TimeColumn, failures: Failures, path: string): void => {
  for (let row = 0; row < times.rows; row++) {
    const problem = times.problem(row)
    if (problem === undefined) continue
    const reason = problem.reason.replace("{field}", () => path)
    failures.add(row, problem.code, reason, path)
  }
}

const allowedValues = (text: FieldText, values: ReadonlyArray<string>): Uint8Array => {
  const allowed = new Uint8Array(text.values.size)
  for (let code = 0; code < allowed.length; code++) if (values.includes(text.values.text(code))) allowed[code] = 1
  return allowed
}

interface MappedText {
  readonly column: TextView
  readonly text: FieldText
}

const textOf = (column: TextView, text: FieldText, rows: Int32Array) => {
  const codes = new Int32Array(rows.length)
  for (let i = 0; i < rows.length; i++) {
    const code = column.codes[rows[i]]
    codes[i] = code < 0 ? nullText : text.meaning[code]
  }
  return textColumn(codes, text.values.toVector())
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
  return textColumn(codes, users.toVector())
}

const encoder = new TextEncoder()

const selectInt64 = (batch: RecordBatch, name: string, rows: Int32Array): BigInt64Array => {
  const from = int64Lanes(batch, name)
  const values = new BigInt64Array(rows.length)
  const to = lanes(values)
  for (let i = 0; i < rows.length; i++) {
    to[2 * i] = from[2 * rows[i]]
    to[2 * i + 1] = from[2 * rows[i] + 1]
  }
  return values
}
