import type { Data, Vector } from "apache-arrow"
import { isJson, type NamedColumn } from "../arrow/Columns.ts"
import { Interner } from "../arrow/Interner.ts"
import type { Enrich } from "../plan/Plan.ts"
import { RecordDigest } from "../plugin/RecordDigest.ts"
import type { LookupTable } from "./LookupTable.ts"
import { selectRows } from "./Rows.ts"
import { type Unmatched, UnmatchedCounts } from "./Unmatched.ts"
import { textOfData } from "./ValueCodes.ts"

/** A value of a dictionary that was not looked for yet, and one that the file does not have; else its row + 1. */
const unknown = 0
const missing = -1

/** The rows of a file by key, to be joined to events. It counts what it does not find. */
export class Lookup {
  private readonly columns: ReadonlyArray<NamedColumn>
  /** The number of a key is its row. */
  private readonly keys = new Interner()
  private dictionary: Vector | undefined
  /** By code of that dictionary. */
  private known = new Int32Array(0)
  private unmatched = new UnmatchedCounts()
  private readonly digest = new RecordDigest()

  constructor({ columns }: Pick<Enrich, "columns">, { data, schema }: LookupTable["rows"]) {
    const { bytes, codes, offsets } = textOfData(data.children[0])
    for (const code of codes) this.keys.intern(bytes, offsets[code], offsets[code + 1])
    this.columns = columns.map(({ name }, i) => ({
      name,
      data: data.children[i + 1],
      json: isJson(schema.fields[i + 1])
    }))
  }

  /** The columns of the file for events with these keys; null where a key is null or not in the file. */
  join(keys: Data): ReadonlyArray<NamedColumn> {
    const { bytes, codes, dictionary, offsets, size } = textOfData(keys)
    if (this.dictionary !== dictionary) {
      this.dictionary = dictionary
      this.known = new Int32Array(size)
    }
    const { known } = this
    const found = new Int32Array(codes.length)
    for (let i = 0; i < found.length; i++) {
      const code = codes[i]
      if (code >= 0 && known[code] === unknown) known[code] = this.find(bytes, offsets[code], offsets[code + 1])
      const row = code < 0 ? unknown : known[code]
      if (row === missing) this.unmatched.events++
      found[i] = row > 0 ? row - 1 : -1
    }
    return this.columns.map((column) => ({ ...column, data: selectRows(column.data, found) }))
  }

  /** What was not found since the last time. */
  takeUnmatched(): Unmatched {
    const { unmatched } = this
    this.unmatched = new UnmatchedCounts()
    // A missing key has to be noted again.
    this.dictionary = undefined
    return unmatched.toData()
  }

  private find(bytes: Uint8Array, start: number, end: number): number {
    const row = this.keys.find(bytes, start, end)
    if (row >= 0) return row + 1
    const { digest } = this
    digest.reset()
    digest.add(bytes, 0, 0, bytes, start, end)
    const [high, low] = digest.lanes
    // 53 bits, as a number holds them.
    this.unmatched.note((high >>> 0) * 2_097_152 + (low >>> 11))
    return missing
  }
}
