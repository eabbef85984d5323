import type { RecordBatch } from "apache-arrow"
import { columnData, int64Lanes, type NamedColumn, recordBatch, textView, validRows } from "../../arrow/Columns.ts"
import { TextBuilder } from "../../arrow/TextBuilder.ts"
import { columnsOf } from "../../expression/TreeNames.ts"
import type { Attribution } from "../../plan/Attribution.ts"
import type { Validate } from "../../plan/Plan.ts"
import type { Evaluate, Expressions } from "../Expressions.ts"
import { countColumn } from "../measure/Count.ts"
import { rowsThatCount, selectBatch, selectRows } from "../Rows.ts"
import type { TableOfUsers } from "../table/TableOfUsers.ts"
import { Touches } from "./Touches.ts"
import { TouchTable } from "./TouchTable.ts"

/**
 * Two rows a conversion: what brought it by the first touch, and by the last one that is not direct. Throws
 * `ExpressionFailed`.
 */
export class Conversions implements TableOfUsers {
  readonly needs: ReadonlyArray<string>
  private readonly user: string
  private readonly time: string
  private readonly where: ReturnType<Expressions["condition"]> | undefined
  private readonly conversion: ReturnType<Expressions["condition"]>
  private readonly values: Readonly<Record<"order_id" | "revenue" | "url", Evaluate>>
  private readonly touches: TouchTable
  private readonly lookback: number

  constructor(plan: Attribution, { time, user }: Pick<Validate, "time" | "user">, expressions: Expressions) {
    const { conversion, lookback, order_id, referrer, revenue, url, where } = plan
    const place = `tables.${plan.name}.attribution`
    this.user = user.name
    this.time = time.name
    const trees = [conversion, order_id, revenue, url, referrer, ...(where === null ? [] : [where])]
    this.needs = [...new Set([user.name, time.name, "session_id", ...trees.flatMap(columnsOf)])]
    this.where = where === null ? undefined : expressions.condition(where, `${place}.where`)
    this.conversion = expressions.condition(conversion, `${place}.conversion`)
    this.values = {
      order_id: expressions.compile(order_id, `${place}.order_id`),
      revenue: expressions.compile(revenue, `${place}.revenue`),
      url: expressions.compile(url, `${place}.url`)
    }
    this.touches = new TouchTable(plan, expressions)
    this.lookback = lookback
  }

  of(rows: RecordBatch): RecordBatch {
    const all = new Int32Array(rows.numRows)
    const chosen = this.where === undefined ? all : this.where(rows, all)
    const converts = this.conversion(rows, chosen)
    const conversions = rowsThatCount(converts)
    const users = textView(rows, this.user).codes
    const kept = ofConverting(users, chosen, converts)
    const url = this.values.url(rows, kept).data
    const pages = validRows(url)
    const sessions = textView(rows, "session_id")
    const touches = new Touches({
      users,
      sessions: sessions.codes,
      sessionCount: sessions.size,
      times: int64Lanes(rows, this.time),
      kept,
      isPage: (row) => pages?.[row] !== 0
    })
    const came = this.touches.of(rows, url, touches.entries)
    const found = touches.before(conversions, this.lookback, came.isDirect)

    const size = 2 * conversions.length
    const twice = Int32Array.from({ length: size }, (_, i) => conversions[i >> 1])
    const touch = Int32Array.from({ length: size }, (_, i) => (i % 2 === 0 ? found.first : found.last)[i >> 1])
    // After the last touch stands none at all.
    const places = touch.map((one) => (one < 0 ? touches.entries.length : one))
    const starts = touch.map((one) => (one < 0 ? -1 : touches.starts[one]))
    const converting = selectBatch(rows, twice)
    const models = new TextBuilder()
    for (let i = 0; i < size; i++) models.setText(i, i % 2 === 0 ? "first" : "last")
    const column = (name: string, from: string, at: Int32Array): NamedColumn => ({
      name,
      data: selectRows(columnData(rows, from), at)
    })
    return recordBatch(
      [
        { name: "order_id", data: this.values.order_id(converting).data },
        column(this.user, this.user, twice),
        column("converted_at", this.time, twice),
        { name: "revenue", data: this.values.revenue(converting).data },
        { name: "model", data: models.take(size) },
        ...came.columns.map(({ data, name }) => ({ name, data: selectRows(data, places) })),
        column("session_id", "session_id", starts),
        column("touched_at", this.time, starts),
        {
          name: "touches",
          data: countColumn(
            Float64Array.from(twice, (_, i) => found.counts[i >> 1]),
            size
          )
        }
      ],
      size
    )
  }
}

/** Of the rows that count those of users who convert: of the others nobody asks where they came from. */
const ofConverting = (users: Int32Array, rows: Int32Array, converts: Int32Array): Int32Array => {
  const kept = new Int32Array(rows.length).fill(-1)
  for (let from = 0, to = 0; from < rows.length; from = to) {
    let isConverting = false
    for (; to < rows.length && users[to] === users[from]; to++) if (converts[to] === 0) isConverting = true
    if (isConverting) kept.set(rows.subarray(from, to), from)
  }
  return kept
}
