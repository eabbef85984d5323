import type { RecordBatch } from "apache-arrow"
import { isJson, type NamedColumn, recordBatch, textColumn } from "../arrow/Columns.ts"
import type { Tree } from "../expression/Tree.ts"
import type { Enrich } from "../plan/Plan.ts"
import { lookupColumns } from "../plan/Tables.ts"
import type { DecodeRequest } from "../plugin/Decoder.ts"
import type { EventBatch } from "../plugin/EventBatch.ts"
import { EventBatchBuilder } from "../plugin/EventBatchBuilder.ts"
import { ExpressionFailed } from "./Expressions.ts"
import { Gather } from "./Gather.ts"
import { makeRecordFields } from "./RecordFields.ts"
import { selectBatch } from "./Rows.ts"
import { TextCodes } from "./ValueCodes.ts"

/** What is joined to events: the first row of a file with each key. */
export interface LookupTable {
  /** Text, every value once, none of them null; then the columns of the entry. The names do not matter. */
  readonly rows: RecordBatch
  /** Rows whose key an earlier row had. */
  readonly doubled: number
}

/** The rows of a file of enrich as a table that can be written, or made others from: see `lookupColumns`. */
export const lookupRows = (entry: Enrich, rows: LookupTable["rows"]): RecordBatch => {
  const [key, ...columns] = rows.schema.fields.map((field, i): NamedColumn => ({
    name: field.name,
    data: rows.data.children[i],
    json: isJson(field)
  }))
  const names = lookupColumns(entry).map(({ name }) => name)
  const own = names.length > columns.length ? [key, ...columns] : columns
  return recordBatch(
    own.map(({ data, json = false }, i) => ({ name: names[i], data, json })),
    rows.numRows
  )
}

/** Makes the table of an entry of a plan from the records of its file, in their order. */
export class LookupTableBuilder {
  readonly request: DecodeRequest
  private readonly entry: Enrich
  private readonly keyTree: Tree
  private readonly read: ReturnType<typeof makeRecordFields>
  private readonly keys = new TextCodes()
  private readonly gather: Gather
  private doubled = 0

  /** `nulls`: texts that mean null. */
  constructor(
    entry: Enrich,
    maxRecordBytes: number,
    nulls: ReadonlySet<string>,
    timezone: string,
    bindings: ReadonlyMap<string, string>
  ) {
    this.entry = entry
    this.request = { columns: entry.scan, digest: false, maxRecordBytes }
    this.keyTree = { kind: "column", name: entry.key, type: "text" }
    this.read = makeRecordFields([this.keyTree, ...entry.columns.map(({ value }) => value)], nulls, timezone, bindings)
    const nothing = new EventBatchBuilder(this.request, false).finish(new Uint8Array(0), 0)
    this.gather = new Gather(this.firstRows(nothing).schema)
  }

  /** Adds the next records. Throws {@link ExpressionFailed} where a column of the entry cannot be computed. */
  add(batch: EventBatch): void {
    this.gather.append(this.firstRows(batch))
  }

  finish(): LookupTable {
    const { doubled, gather, keys } = this
    const key = textColumn(
      Int32Array.from({ length: keys.size }, (_, i) => i),
      keys.values.toVector()
    )
    const { data, schema } = gather.finish()
    const columns = schema.fields.map((field, i): NamedColumn => ({
      name: field.name,
      data: data.children[i],
      json: isJson(field)
    }))
    return { rows: recordBatch([{ name: "key", data: key }, ...columns], keys.size), doubled }
  }

  /** The columns of the rows with a key that no row had before. */
  private firstRows({ records, texts }: EventBatch): RecordBatch {
    const { entry, keys } = this
    const { valueOf } = this.read(records, texts)
    const columns = entry.columns.map(({ name, value }) => {
      const { data, failed, json } = valueOf(value)
      if (failed !== undefined) {
        throw new ExpressionFailed({ place: `event.enrich.${entry.name}.columns.${name}`, ...failed.causes[0] })
      }
      return { name, data, json }
    })
    let known = keys.size
    const firsts: Array<number> = []
    for (const [row, number] of keys.codes(valueOf(this.keyTree).data).entries()) {
      if (number === known) {
        firsts.push(row)
        known++
      } else if (number >= 0) this.doubled++
    }
    return selectBatch(recordBatch(columns, records.numRows), Int32Array.from(firsts))
  }
}
