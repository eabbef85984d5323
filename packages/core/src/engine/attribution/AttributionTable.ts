import type { RecordBatch } from "apache-arrow"
import { columnData, recordBatch } from "../../arrow/Columns.ts"
import { type Attribution, attributionColumns } from "../../plan/Attribution.ts"
import { Gather } from "../Gather.ts"
import { countColumn } from "../measure/Count.ts"
import { selectBatch } from "../Rows.ts"
import type { TableState } from "../table/TableState.ts"
import { firstOrders } from "./firstOrders.ts"

/** The rows of conversions, which are kept until the end, as an order may come again at another user. */
export class AttributionTable implements TableState {
  readonly needs: ReadonlyArray<string>
  private readonly columns: ReadonlyArray<string>
  private rows: Gather | undefined

  /** `user`: the name of the column of users. */
  constructor(plan: Attribution, user: string) {
    this.columns = attributionColumns(plan, user).map(({ name }) => name)
    this.needs = this.columns.filter((name) => name !== "repeats")
  }

  /** `rows`: as `Conversions` makes them. */
  add(rows: RecordBatch): undefined {
    this.rows ??= new Gather(rows.schema)
    this.rows.append(rows)
  }

  finish(): RecordBatch | undefined {
    const all = this.rows?.finish()
    if (all === undefined) return undefined
    const { repeats, rows } = firstOrders(all)
    const kept = selectBatch(all, rows)
    return recordBatch(
      this.columns.map((name) => ({
        name,
        data: name === "repeats" ? countColumn(repeats, rows.length) : columnData(kept, name)
      })),
      rows.length
    )
  }
}
