import type { RecordBatch } from "apache-arrow"
import type { Table } from "../../plan/Plan.ts"
import { Gather } from "../Gather.ts"
import { orderRows } from "../orderRows.ts"
import { selectBatch } from "../Rows.ts"
import type { TableState } from "./TableState.ts"

/** The rows of another table in an order of their own: all of them are kept until the last one has come. */
export class SortedTable implements TableState {
  readonly needs: ReadonlyArray<string>
  private readonly inner: TableState
  private readonly order: Table["order"]
  private readonly limit: Table["limit"]
  private readonly user: string
  private rows: Gather | undefined

  /** `inner` gives the rows; `user`: the name of the column of users. */
  constructor(inner: TableState, { limit, order }: Table, user: string) {
    this.inner = inner
    this.needs = inner.needs
    this.order = order
    this.limit = limit
    this.user = user
  }

  add(rows: RecordBatch, from: string): undefined {
    this.keep(this.inner.add(rows, from))
  }

  finish(): RecordBatch | undefined {
    this.keep(this.inner.finish())
    const all = this.rows?.finish()
    if (all === undefined) return undefined
    const ordered = orderRows(all, this.order, this.user)
    return selectBatch(all, this.limit === null ? ordered : ordered.subarray(0, this.limit))
  }

  private keep(made: RecordBatch | undefined): void {
    if (made === undefined) return
    this.rows ??= new Gather(made.schema)
    this.rows.append(made)
  }
}
