import { type CsvFields, CsvRows, type RecordTable } from "@sojourn/kernels"
import type { RowReader } from "./RowReader.ts"
import type { Utf8Input } from "@sojourn/core"

/** After so many rows in vain, at most, it is tried again. */
const longestPause = 64

/** Reads rows by the kernels, which take those that have nothing wrong. Where few have, it is tried less and less. */
export class CleanRows {
  private readonly kernel: CsvRows
  private readonly input: Utf8Input
  private readonly reader: RowReader
  /** Rows for which it is not tried: the last time, */
  private pause = 0
  /** and yet to come. */
  private left = 0

  constructor(table: RecordTable, fields: CsvFields, maxRecordBytes: number, input: Utf8Input, reader: RowReader) {
    this.kernel = new CsvRows(table, fields, maxRecordBytes)
    this.input = input
    this.reader = reader
    this.begin()
  }

  /** To be called when there are more bytes. */
  begin(): void {
    this.kernel.show(this.input.bytes, this.input.stop)
  }

  /** Reads on, `maxRecords` at most: the number of records kept. To be called before every row. */
  read(event: number, maxRecords: number): number {
    const { input, kernel, reader } = this
    if (reader.isSkipping) return 0
    if (this.left > 0) {
      this.left--
      return 0
    }
    const { at, offset } = input
    const reached = kernel.read(at, offset + at, event, reader.nextLine, maxRecords)
    reader.pass(reached, kernel.lines)
    this.pause = kernel.records > 0 ? 0 : Math.min(Math.max(this.pause * 2, 1), longestPause)
    this.left = this.pause
    return kernel.records
  }
}
