import type { RecordBatch } from "apache-arrow"
import { columnData, int64Lanes, type NamedColumn, recordBatch, textView } from "../../arrow/Columns.ts"
import { TextBuilder } from "../../arrow/TextBuilder.ts"
import { columnsOf } from "../../expression/TreeNames.ts"
import { type Attribution, attributionColumns } from "../../plan/Attribution.ts"
import type { Validate } from "../../plan/Plan.ts"
import type { Evaluate, Expressions } from "../Expressions.ts"
import { Gather } from "../Gather.ts"
import { countColumn } from "../measure/Count.ts"
import { selectBatch, selectRows } from "../Rows.ts"
import type { TableState } from "../table/TableState.ts"
import { firstOrders } from "./firstOrders.ts"
import { Touches } from "./Touches.ts"
import { TouchTable } from "./TouchTable.ts"

/**
 * Two rows a conversion: what brought it by the first touch, and by the last one that is not direct. What is kept until
 * the end are the conversions, as an order may come again at another user. Throws `ExpressionFailed`.
 */
export class AttributionTable implements TableState {
  readonly needs: ReadonlyArray<string>
  private readonly plan: Attribution
  private readonly user: string
  private readonly time: string
  private readonly where: ReturnType<Expressions["condition"]> | undefined
  private readonly conversion: ReturnType<Expressions["condition"]>
  private readonly values: Readonly<Record<"order_id" | "revenue" | "url", Evaluate>>
  private readonly touches: TouchTable
  private readonly lookback: number
  private rows: Gather | undefined

  constructor(plan: Attribution, { time, user }: Pick<Validate, "time" | "user">, expressions: Expressions) {
    const { conversion, lookback, order_id, referrer, revenue, url, where } = plan
    const place = `tables.${plan.name}.attribution`
    this.plan = plan
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

  add(rows: RecordBatch): undefined {
    const all = new Int32Array(rows.numRows)
    const kept = this.where === undefined ? all : this.where(rows, all)
    const url = this.values.url(rows, kept).data
    const converts = this.conversion(rows, kept)
    const touches = new Touches({
      users: textView(rows, this.user).codes,
      sessions: textView(rows, "session_id").codes,
      times: int64Lanes(rows, this.time),
      kept,
      isPage: (row) => url.getValid(row)
    })
    const came = this.touches.of(rows, url, touches.entries)
    const conversions = Int32Array.from(kept.keys()).filter((row) => converts[row] === 0)
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
    const made = recordBatch(
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
    this.rows ??= new Gather(made.schema)
    this.rows.append(made)
  }

  finish(): RecordBatch | undefined {
    const all = this.rows?.finish()
    if (all === undefined) return undefined
    const { repeats, rows } = firstOrders(all)
    const kept = selectBatch(all, rows)
    const names = attributionColumns(this.plan, this.user).map(({ name }) => name)
    return recordBatch(
      names.map((name) => ({
        name,
        data: name === "repeats" ? countColumn(repeats, rows.length) : columnData(kept, name)
      })),
      rows.length
    )
  }
}
