import type { Kernels } from "./Kernels.ts"
import type { HeldRecords, RecordTable } from "./RecordTable.ts"

/** What the values of a column are: texts (byte arrays), or times as integers of a unit, or as INT96 (`days`). */
export type ParquetKind = "text" | "millis" | "micros" | "nanos" | "days"

/** The numbers of the kinds in assembly/parquet.ts. */
const kinds: ReadonlyArray<ParquetKind> = ["text", "millis", "micros", "nanos", "days"]

/** A data page, unpacked. */
export interface ParquetPage {
  readonly bytes: Uint8Array
  readonly entries: number
  /** Of a column that may be null: the definition level of a value, and where in `bytes` the levels stand. */
  readonly levels: { readonly most: number; readonly start: number; readonly end: number } | undefined
  /** Where in `bytes` the values stand, which are plain, or places in a dictionary. */
  readonly start: number
  readonly isCoded: boolean
}

/** Texts are numbered however many of them are new, as long as not nearly every one is. */
const mostly = 0.9

/**
 * Reads the columns of a row group into a table, page by page. Whatever is false is for another reader: something is
 * wrong, or is not known here. Texts must be UTF-8, times of the years 0001 to 9999.
 */
export class ParquetColumns {
  private readonly kernels: Kernels
  private readonly table: RecordTable
  private readonly pages: number

  constructor(table: RecordTable) {
    this.table = table
    this.kernels = table.kernels
    this.pages = table.kernels.run.pagesOf(table.pointer)
  }

  /** Makes room for the rows of a group; false if a column of texts is one whose texts are not numbered any more. */
  begin(rows: number): boolean {
    if (!this.table.isNumbered) return false
    this.kernels.run.tableReserve(this.table.pointer, rows)
    return true
  }

  /** Reads the values of a dictionary, which the next pages refer to. */
  dictionary(column: number, kind: ParquetKind, bytes: Uint8Array, count: number): boolean {
    // The least value is an empty text.
    if (count * 4 > bytes.length) return false
    const at = this.put(bytes)
    const { run } = this.kernels
    return Boolean(
      run.pagesLearn(this.pages, this.table.column(column), kinds.indexOf(kind), at, at + bytes.length, count)
    )
  }

  /** Reads a page, of which the first entry is row `row`. */
  page(column: number, kind: ParquetKind, row: number, page: ParquetPage): boolean {
    const { bytes, entries, isCoded, levels, start } = page
    const at = this.put(bytes)
    return Boolean(
      this.kernels.run.pagesRead(
        this.pages,
        this.table.column(column),
        kinds.indexOf(kind),
        row,
        entries,
        levels?.most ?? 0,
        levels === undefined ? 0 : at + levels.start,
        levels === undefined ? 0 : at + levels.end,
        at + start,
        at + bytes.length,
        isCoded
      )
    )
  }

  /** A column without values. */
  unset(column: number, rows: number): void {
    this.kernels.run.columnUnsetRows(this.table.column(column), 0, rows)
  }

  /** The records, once all columns are read: their ordinals go on from `before`. They stand on no line. */
  hold(rows: number, before: number): HeldRecords {
    this.kernels.run.tableNumber(this.table.pointer, rows, before)
    return this.table.hold(mostly)
  }

  private put(bytes: Uint8Array): number {
    return this.kernels.input.put(bytes, 0, bytes.length)
  }
}
