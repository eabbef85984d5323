import type { RecordBatch } from "apache-arrow"
import { pickColumns } from "../../arrow/Columns.ts"
import { Gather } from "../Gather.ts"
import type { RowTable } from "./RowTable.ts"
import type { TableState } from "./TableState.ts"

/** A table that is made from all rows at once: what it needs of them is kept until the last one has come. */
export class WholeTable implements TableState {
  readonly needs: ReadonlyArray<string>
  private readonly inner: RowTable
  private rows: Gather | undefined

  /** `inner` is given all rows as one batch. */
  constructor(inner: RowTable) {
    this.inner = inner
    this.needs = inner.needs
  }

  add(rows: RecordBatch): undefined {
    const needed = pickColumns(rows, this.needs)
    this.rows ??= new Gather(needed.schema)
    this.rows.append(needed)
  }

  finish(): RecordBatch | undefined {
    const all = this.rows?.finish()
    return all === undefined ? undefined : this.inner.add(all)
  }
}
