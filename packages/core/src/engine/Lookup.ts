import type { Data, RecordBatch } from "apache-arrow"
import { isJson, type NamedColumn, recordBatch } from "../arrow/Columns.ts"
import type { Enrich } from "../plan/Plan.ts"
import { ExpressionFailed } from "./Expressions.ts"
import { Gather } from "./Gather.ts"
import { makeRecordFields } from "./RecordFields.ts"
import { selectRows } from "./Rows.ts"
import { TextCodes } from "./ValueCodes.ts"

/** What a lookup has seen, for the summary. */
export interface LookupCounts {
  /** Rows of the file whose key an earlier row had. */
  readonly doubled: number
  /** Events whose key is not in the file (a null key is no key), and how many different keys they had. */
  readonly unmatched: number
  readonly unmatchedKeys: number
}

/** The rows of a file by key, to be joined to events. It counts what it does not find. */
export class Lookup {
  private readonly columns: RecordBatch
  /** Those of the file first, then those that were not found. */
  private readonly keys: TextCodes
  /** By number of a key of the file, its row. */
  private readonly rows: Int32Array
  private readonly doubled: number
  private unmatched = 0

  constructor(keys: TextCodes, rows: Int32Array, columns: RecordBatch, doubled: number) {
    this.keys = keys
    this.rows = rows
    this.columns = columns
    this.doubled = doubled
  }

  /** The columns of the file for events with these keys; null where a key is null or not in the file. */
  join(keys: Data): ReadonlyArray<NamedColumn> {
    const { rows } = this
    const numbers = this.keys.codes(keys)
    const found = new Int32Array(numbers.length)
    for (let i = 0; i < found.length; i++) {
      const isMissing = numbers[i] >= rows.length
      if (isMissing) this.unmatched++
      found[i] = isMissing || numbers[i] < 0 ? -1 : rows[numbers[i]]
    }
    return this.columns.schema.fields.map((field, i) => ({
      name: field.name,
      data: selectRows(this.columns.data.children[i], found),
      json: isJson(field)
    }))
  }

  get counts(): LookupCounts {
    return { doubled: this.doubled, unmatched: this.unmatched, unmatchedKeys: this.keys.size - this.rows.length }
  }
}

/**
 * Makes the lookup of an entry of a plan from the records of its file, in order: the first row with a key counts, rows
 * without a key do not. Throws `ExpressionFailed` where a column of the file cannot be computed.
 */
export const makeLookup = (
  { columns, key, name }: Enrich,
  batches: Iterable<RecordBatch>,
  nulls: ReadonlySet<string>,
  timezone: string,
  bindings: ReadonlyMap<string, string>
): Lookup => {
  const keyTree = { kind: "column", name: key, type: "text" } as const
  const read = makeRecordFields([keyTree, ...columns.map(({ value }) => value)], nulls, timezone, bindings)
  const keys = new TextCodes()
  const rows: Array<number> = []
  let gather: Gather | undefined
  let all = 0
  let doubled = 0
  for (const batch of batches) {
    const { valueOf } = read(batch)
    const made = recordBatch(
      columns.map((column) => {
        const { data, failed, json } = valueOf(column.value)
        if (failed !== undefined) {
          throw new ExpressionFailed({ place: `event.enrich.${name}.columns.${column.name}`, ...failed.causes[0] })
        }
        return { name: column.name, data, json }
      }),
      batch.numRows
    )
    for (const number of keys.codes(valueOf(keyTree).data)) {
      if (number >= rows.length) rows.push(all)
      else if (number >= 0) doubled++
      all++
    }
    gather ??= new Gather(made.schema)
    gather.append(made)
  }
  if (gather === undefined) throw new Error("a lookup needs a batch, if an empty one")
  return new Lookup(keys, Int32Array.from(rows), gather.finish(), doubled)
}
