import { type Data, type RecordBatch } from "apache-arrow"
import { columnData, doubleColumn, isJson, type NamedColumn, recordBatch, textView } from "../../arrow/Columns.ts"
import { Interner } from "../../arrow/Interner.ts"
import { TextBuilder } from "../../arrow/TextBuilder.ts"
import { columnsOf } from "../../expression/TreeNames.ts"
import { comparedColumns, successColumn } from "../../plan/comparedColumns.ts"
import type { Compare } from "../../plan/Plan.ts"
import { typed } from "../../plan/Tables.ts"
import type { Expressions } from "../Expressions.ts"
import { countColumn } from "../measure/Count.ts"
import { present } from "../measure/MeasureState.ts"
import { rowsThatCount, selectBatch } from "../Rows.ts"
import { GroupedTable } from "../table/GroupedTable.ts"
import type { TableState } from "../table/TableState.ts"
import { type Compared, compareGroups } from "./compareGroups.ts"

/** Groups of rows, each compared with all others. Throws `ExpressionFailed`. */
export class CompareTable implements TableState {
  readonly needs: ReadonlyArray<string>
  private readonly plan: Compare
  private readonly where: ReturnType<Expressions["condition"]> | undefined
  private readonly success: ReturnType<Expressions["compile"]>
  private readonly groups: GroupedTable
  /** Users of whom a row has come. */
  private readonly seen = new Interner()

  /** `user`: the name of the column of users. */
  constructor(plan: Compare, user: string, expressions: Expressions) {
    const { first_of, name, success, where } = plan
    const place = `tables.${name}.compare`
    this.plan = plan
    this.groups = new GroupedTable(plan.groups, user, expressions)
    this.where = where === null ? undefined : expressions.condition(where, `${place}.where`)
    this.success = expressions.compile(success, `${place}.success`)
    const own = [
      ...(where === null ? [] : columnsOf(where)),
      ...columnsOf(success),
      ...(first_of === null ? [] : [first_of])
    ]
    this.needs = [...new Set([...own, ...this.groups.needs.filter((column) => column !== successColumn)])]
  }

  add(rows: RecordBatch): undefined {
    const all = new Int32Array(rows.numRows)
    const kept = this.where === undefined ? all : this.where(rows, all)
    const { data } = this.success(rows, kept)
    const known = rowsThatCount(present(kept, data))
    const chosen = this.plan.first_of === null ? known : this.firsts(rows, this.plan.first_of, known)
    this.groups.add(selectBatch(withColumn(rows, { name: successColumn, data }), chosen))
  }

  finish(): RecordBatch {
    const { by, columns } = this.plan.groups
    const made = this.groups.finish()
    const n = numbers(columnData(made, "n"))
    const successes = numbers(columnData(made, "successes"))
    const compared = compareGroups(n.map((count, i) => ({ n: count, successes: successes[i] })))
    const rates = n.map((count, i) => successes[i] / count)
    const tests = new Map(testsOf(compared, rates).map((column) => [column.name, column]))
    return recordBatch(
      comparedColumns(typed(by), typed(columns)).map(({ name }) => tests.get(name) ?? columnOf(made, name)),
      made.numRows
    )
  }

  /** Of some rows the first one of each user; a row without a user counts. */
  private firsts(rows: RecordBatch, user: string, some: Int32Array): Int32Array {
    const { bytes, codes, offsets, size } = textView(rows, user)
    const isKnown = new Uint8Array(size)
    return some.filter((row) => {
      const code = codes[row]
      if (code < 0) return true
      if (isKnown[code] === 1) return false
      isKnown[code] = 1
      const before = this.seen.size
      this.seen.intern(bytes, offsets[code], offsets[code + 1])
      return this.seen.size > before
    })
  }
}

const testsOf = (compared: ReadonlyArray<Compared>, rates: ReadonlyArray<number>): ReadonlyArray<NamedColumn> => {
  const size = compared.length
  const tests = new TextBuilder()
  for (const [i, { verdict }] of compared.entries()) if (verdict !== undefined) tests.setText(i, verdict.test)
  const double = (name: string, value: (one: Compared, i: number) => number | undefined): NamedColumn => {
    const values = compared.map(value)
    return {
      name,
      data: doubleColumn(
        Float64Array.from(values, (one) => one ?? 0),
        (i) => values[i] !== undefined
      )
    }
  }
  const rateOf = ({ others: { n, successes } }: Compared) => (n === 0 ? undefined : successes / n)
  return [
    double("rate_low", ({ low }) => low),
    double("rate_high", ({ high }) => high),
    {
      name: "others_n",
      data: countColumn(
        Float64Array.from(compared, ({ others }) => others.n),
        size
      )
    },
    double("others_rate", rateOf),
    double("difference", (one, i) => {
      const others = rateOf(one)
      return others === undefined ? undefined : rates[i] - others
    }),
    { name: "test", data: tests.take(size) },
    double("p_value", ({ verdict }) => verdict?.p),
    double("p_adjusted", ({ verdict }) => verdict?.adjusted)
  ]
}

const numbers = (data: Data): ReadonlyArray<number> => Array.from(data.values as BigInt64Array, Number)

const columnOf = (batch: RecordBatch, name: string): NamedColumn => {
  const at = batch.schema.fields.findIndex((field) => field.name === name)
  return { name, data: batch.data.children[at], json: isJson(batch.schema.fields[at]) }
}

const withColumn = (batch: RecordBatch, column: NamedColumn): RecordBatch =>
  recordBatch([...batch.schema.names.map((name) => columnOf(batch, String(name))), column], batch.numRows)
