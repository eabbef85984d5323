import type { RecordBatch } from "apache-arrow"
import type { RunOptions } from "./Engine.ts"
import { Gather } from "./Gather.ts"

/** The first rows of some tables, gathered as rows come in. */
export class Heads {
  private readonly wanted: NonNullable<RunOptions["head"]>
  private readonly found = new Map<string, Array<RecordBatch>>()

  constructor(wanted: RunOptions["head"]) {
    this.wanted = wanted ?? { rows: 0, tables: [] }
  }

  /** Adds the next rows of a table. */
  add(name: string, batch: RecordBatch): void {
    if (!this.wanted.tables.includes(name)) return
    const known = this.found.get(name) ?? []
    const missing = this.wanted.rows - rowsOf(known)
    if (missing > 0 || known.length === 0) known.push(batch.slice(0, missing))
    this.found.set(name, known)
  }

  /** Whether rows of one of some tables are still missing. */
  wants(names: ReadonlyArray<string>): boolean {
    return names.some((name) => rowsOf(this.found.get(name) ?? []) < this.wanted.rows)
  }

  get tables(): ReadonlyMap<string, RecordBatch> {
    return new Map([...this.found].map(([name, batches]) => [name, joined(batches)]))
  }
}

const rowsOf = (batches: ReadonlyArray<RecordBatch>): number => batches.reduce((sum, batch) => sum + batch.numRows, 0)

const joined = (batches: ReadonlyArray<RecordBatch>): RecordBatch => {
  if (batches.length === 1) return batches[0]
  const gather = new Gather(batches[0].schema)
  for (const batch of batches) gather.append(batch)
  return gather.finish()
}
