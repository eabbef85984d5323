import type { RecordBatch } from "apache-arrow"
import { Gather } from "../Gather.ts"
import type { TableState } from "./TableState.ts"

/** A table made from the rows of several tables, one table after the other: they are kept until the last one has come. */
export class UnionTable implements TableState {
  readonly needs: ReadonlyArray<string>
  private readonly inner: TableState
  private readonly from: ReadonlyArray<string>
  private readonly rows = new Map<string, Gather>()

  /** `from`: the tables, in their order. */
  constructor(inner: TableState, from: ReadonlyArray<string>) {
    this.inner = inner
    this.needs = inner.needs
    this.from = from
  }

  add(rows: RecordBatch, from: string): undefined {
    const kept = this.rows.get(from) ?? new Gather(rows.schema)
    kept.append(rows)
    this.rows.set(from, kept)
  }

  finish(): RecordBatch | undefined {
    const batches = this.from.flatMap((name) => this.rows.get(name)?.finish() ?? [])
    if (batches.length === 0) return undefined
    // The columns that are needed may stand in another order in each table.
    const all = new Gather(batches[0].schema)
    for (const batch of batches) all.append(batch)
    const [first] = this.from
    const given = this.inner.add(all.finish(), first)
    return given ?? this.inner.finish()
  }
}
