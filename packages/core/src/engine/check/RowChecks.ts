import type { RecordBatch } from "apache-arrow"
import { columnData, recordBatch } from "../../arrow/Columns.ts"
import { columnsOf } from "../../expression/TreeNames.ts"
import type { CheckKind } from "../../plan/Plan.ts"
import type { Expressions } from "../Expressions.ts"
import { GroupKeys } from "../GroupKeys.ts"
import { reserved } from "../measure/reserved.ts"
import type { Need } from "../Needs.ts"
import type { CheckState, Judging } from "./CheckState.ts"
import { judge, type Judged, type SampleRow } from "./Finding.ts"
import { numberText, rowsText, samplesOf } from "../shownValues.ts"

/** Samples of a check are so many at most. */
const mostSamples = 5

type RowCheck = CheckKind<"expect" | "unique" | "references">

/** Counts rows of a table and those that are not as expected, and keeps the first of these. */
class Failing {
  private readonly check: RowCheck
  private rows = 0
  private failing = 0
  private readonly samples: Array<SampleRow> = []

  constructor(check: RowCheck) {
    this.check = check
  }

  /** Counts rows; `fails`: by row, not 0 if it is not as expected. */
  add(batch: RecordBatch, fails: Uint8Array): void {
    const first: Array<number> = []
    for (let row = 0; row < fails.length; row++) {
      if (fails[row] === 0) continue
      this.failing++
      if (this.samples.length + first.length < mostSamples) first.push(row)
    }
    this.rows += fails.length
    this.samples.push(...samplesOf(batch, this.check.shown, first))
  }

  finish(judging: Judging): ReadonlyArray<Judged> {
    return judgeRows(this.check, this.failing, this.rows, this.samples, judging)
  }
}

const judgeRows = (
  check: RowCheck,
  failing: number,
  rows: number,
  samples: ReadonlyArray<SampleRow>,
  { previous }: Judging
): ReadonlyArray<Judged> => {
  const text = `${numberText(failing)} of ${rowsText(rows)} ${failing === 1 ? "fails" : "fail"}`
  const found = { value: failing, n: rows, text, whole: rows, samples }
  return check.limits.map((limit) => judge(check, limit, found, previous))
}

/** Rows for which a condition is true. Throws `ExpressionFailed`. */
export class ExpectState implements CheckState {
  readonly needs: ReadonlyArray<Need>
  private readonly failing: Failing
  private readonly holds: ReturnType<Expressions["condition"]>

  constructor(check: CheckKind<"expect">, expressions: Expressions, place: string) {
    this.needs = [{ from: check.table, columns: [...new Set([...check.shown, ...columnsOf(check.holds)])] }]
    this.failing = new Failing(check)
    this.holds = expressions.condition(check.holds, place)
  }

  add(_from: string, rows: RecordBatch): void {
    const held = this.holds(rows, new Int32Array(rows.numRows))
    this.failing.add(
      rows,
      Uint8Array.from(held, (group) => -group)
    )
  }

  finish(judging: Judging): ReadonlyArray<Judged> {
    return this.failing.finish(judging)
  }
}

/** Rows whose values together no row before them had. Memory holds the different values. */
export class UniqueState implements CheckState {
  readonly needs: ReadonlyArray<Need>
  private readonly columns: ReadonlyArray<string>
  private readonly failing: Failing
  private readonly keys: GroupKeys

  constructor(check: CheckKind<"unique">) {
    const { columns, shown, table } = check
    this.needs = [{ from: table, columns: shown }]
    this.columns = columns.map(({ name }) => name)
    this.keys = new GroupKeys(columns.map(({ type }) => type))
    this.failing = new Failing(check)
  }

  add(_from: string, rows: RecordBatch): void {
    const data = this.columns.map((name) => columnData(rows, name))
    const counted = new Int32Array(rows.numRows)
    for (const column of data) {
      if (column.nullCount === 0) continue
      for (let row = 0; row < counted.length; row++) if (!column.getValid(row)) counted[row] = -1
    }
    // Values are numbered as they are met: a new one has the next number.
    let next = this.keys.size
    const numbers = this.keys.groupOf(data, counted)
    const fails = new Uint8Array(rows.numRows)
    for (let row = 0; row < fails.length; row++) {
      if (numbers[row] === next) next++
      else if (numbers[row] >= 0) fails[row] = 1
    }
    this.failing.add(rows, fails)
  }

  finish(judging: Judging): ReadonlyArray<Judged> {
    return this.failing.finish(judging)
  }
}

/** Rows whose value is one of another table, or null. Memory holds the different values of both. */
export class ReferencesState implements CheckState {
  readonly needs: ReadonlyArray<Need>
  private readonly check: CheckKind<"references">
  private readonly values: GroupKeys
  private readonly known: GroupKeys
  private counts = new Float64Array(0)
  private nulls = 0

  constructor(check: CheckKind<"references">) {
    this.check = check
    this.values = new GroupKeys([check.type])
    this.known = new GroupKeys([check.type])
    this.needs = [
      { from: check.table, columns: check.shown },
      { from: check.to.table, columns: [check.to.column] }
    ]
  }

  add(from: string, rows: RecordBatch): void {
    const all = new Int32Array(rows.numRows)
    const { shown, table, to } = this.check
    if (from === to.table) this.known.groupOf([columnData(rows, to.column)], all)
    if (from !== table) return
    const data = columnData(rows, shown[0])
    for (let row = 0; row < all.length; row++) if (data.nullCount > 0 && !data.getValid(row)) all[row] = -1
    const numbers = this.values.groupOf([data], all)
    this.counts = reserved(this.counts, this.values.size)
    for (let row = 0; row < all.length; row++) {
      if (numbers[row] < 0) this.nulls++
      else this.counts[numbers[row]]++
    }
  }

  finish(judging: Judging): ReadonlyArray<Judged> {
    const { check, counts, known, nulls, values } = this
    const size = known.size
    const meaning = known.merge(values)
    const missing = Array.from(meaning.keys()).filter((value) => meaning[value] >= size)
    const rows = counts.subarray(0, values.size).reduce((sum, count) => sum + count, nulls)
    const failing = missing.reduce((sum, value) => sum + counts[value], 0)
    const batch = recordBatch([{ name: check.shown[0], data: values.columns()[0] }], values.size)
    const samples = samplesOf(batch, check.shown, missing.slice(0, mostSamples))
    return judgeRows(check, failing, rows, samples, judging)
  }
}
