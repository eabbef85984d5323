import type { RecordBatch } from "apache-arrow"
import {
  columnData,
  type NamedColumn,
  recordBatch,
  textColumn,
  textView,
  type TextView,
  timestampColumn
} from "../arrow/Columns.ts"
import { Interner } from "../arrow/Interner.ts"
import type { Plan } from "../plan/Plan.ts"
import { digest, type EventBatch, position } from "../plugin/EventBatch.ts"
import { Failures, type Judged } from "./Failures.ts"
import { fieldText, type FieldText, nullText, type TextRules, wrongKind } from "./FieldText.ts"
import { selectRows } from "./Rows.ts"
import { rejectTable } from "./Rejects.ts"
import { makeTimeColumn, type TimeNotes, type TimeRange } from "./TimeColumn.ts"

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
  const timePath = validate.time.value.column
  const time = makeTimeColumn(timePath, validate.time.format, validate.time.timezone, range)

  return (batch: EventBatch, source: string): Validated => {
    const records = batch.records
    const failures = new Failures(records.numRows)
    const mapped = (name: string, path: string, role: boolean, required: boolean): MappedText => {
      const column = textView(records, path)
      const text = fieldText(column, rules(name, role))
      const allowed = validate.allowed.find(({ column: other }) => other === name)?.values
      failures.check(judged(column, text, path, required, allowed), path)
      return { column, text }
    }

    const { id, type, user } = validate
    const idText = id && mapped(id.name, id.value.column, true, isRequired(id.name))
    const userTexts = user.values.map(({ column }) => mapped(user.name, column, true, true))
    const times = time(textView(records, timePath), nulls)
    failures.check(times, timePath)
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
      { name: position.event, data: selectRows(columnData(records, position.event), kept) }
    ]
    if (plan.scan.digest) named.push({ name: digest, data: selectRows(columnData(records, digest), kept) })
    return {
      events: recordBatch(named, kept.length),
      rejects: rejectTable(plan, batch, source, failures.list),
      times: times.notes(kept)
    }
  }
}

/** A verdict on every distinct value: missing, of the wrong kind, or not among the allowed ones. */
const judged = (
  column: TextView,
  { meaning, values }: FieldText,
  path: string,
  required: boolean,
  allowed: ReadonlyArray<string> | undefined
): Judged => {
  const ofNull = required ? 1 : 0
  const verdicts = new Uint8Array(column.size)
  for (let code = 0; code < verdicts.length; code++) {
    const text = meaning[code]
    if (text === nullText) verdicts[code] = ofNull
    else if (text === wrongKind) verdicts[code] = 2
    else if (allowed !== undefined && !allowed.includes(values.text(text))) verdicts[code] = 3
  }
  const problems = [
    { code: "field.missing", reason: `missing ${path}` },
    { code: "field.type", reason: `invalid type for ${path}` },
    { code: "field.value", reason: `unexpected value for ${path}` }
  ] as const
  return { codes: column.codes, verdicts, ofNull, problems }
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
