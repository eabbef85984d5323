import { InputWindow, windowSize } from "./InputWindow.ts"
import type { Kernels } from "./Kernels.ts"
import type { RecordTable } from "./RecordTable.ts"

/** The columns of a CSV file. */
export interface CsvFields {
  /** Names of the fields as UTF-8; at least one. */
  readonly names: ReadonlyArray<Uint8Array>
  /** A byte; undefined in a file that has one column. */
  readonly delimiter: number | undefined
  /** For each column of the table the field that it takes, -1 for none. */
  readonly sources: ReadonlyArray<number>
  /** Whether the records get digests. */
  readonly digest: boolean
}

/** The loop reads so far beyond the end. */
const overread = 80

/**
 * Reads the records of a CSV file into a table, and passes blank lines. It stops before the first record that is not
 * well-formed, not UTF-8, too long, has too few or too many fields, or is not all there.
 */
export class CsvRows {
  /** Of the last call of {@link CsvRows.read}: records kept, */
  records = 0
  /** and newlines passed. */
  lines = 0
  private readonly kernels: Kernels
  private readonly table: number
  private readonly cap: number
  private readonly columns: Uint8Array
  private readonly window = new InputWindow()

  constructor({ kernels, pointer }: RecordTable, fields: CsvFields, maxRecordBytes: number) {
    this.kernels = kernels
    this.table = pointer
    this.cap = Math.min(maxRecordBytes, windowSize)
    this.columns = written(fields)
  }

  /** Replaces the bytes to read from: `bytes[0..stop)`. */
  show(bytes: Uint8Array, stop: number): void {
    this.window.show(bytes, stop)
  }

  /**
   * Reads on at `bytes[at]`, where a record begins, at `offset` of the input and on `line`, after `event` records: the
   * place of the first record that was not kept.
   */
  read(at: number, offset: number, event: number, line: number, maxRecords: number): number {
    const { kernels } = this
    this.records = this.lines = 0
    let reached = at
    for (;;) {
      if (this.window.isUsedUp(reached)) this.copy(reached)
      const from = reached
      const columns = kernels.input.at
      const place = columns + this.columns.length - this.window.start
      reached =
        kernels.run.csvRead(
          columns,
          this.table,
          place + from,
          place + this.window.end,
          offset + from - at,
          event + this.records,
          line + this.lines,
          this.cap,
          maxRecords - this.records
        ) - place
      const words = kernels.int32
      this.lines += words[columns >> 2]
      this.records += words[(columns >> 2) + 1]
      if (reached === from || this.records === maxRecords || !this.window.isUsedUp(reached)) return reached
    }
  }

  private copy(from: number): void {
    const { columns, kernels, window } = this
    window.moveTo(from)
    kernels.input.reserve(columns.length + windowSize + overread)
    const { at } = kernels.input
    kernels.bytes.set(columns, at)
    kernels.bytes.set(window.bytes.subarray(from, window.end), at + columns.length)
  }
}

const headerWords = 7
const unknown = -1
const none = -1
const lineFeed = 10

/** The columns as `CsvColumns` of assembly/csv.ts. */
const written = ({ delimiter, digest, names, sources }: CsvFields): Uint8Array => {
  const columns = sources.map((field, column) => ({ field, column }))
  const targets = columns.filter(({ field }) => field >= 0).sort((a, b) => a.field - b.field)
  const absent = columns.filter(({ field }) => field < 0)
  const absentWord = headerWords + 2 * targets.length + 1
  const namesWord = absentWord + absent.length + 1
  const words = [0, 0, names.length, delimiter ?? lineFeed, unknown, digest ? 4 * namesWord : 0, 4 * absentWord]
  for (const { column, field } of targets) words.push(field, column)
  words.push(none)
  for (const { column } of absent) words.push(column)
  words.push(none)
  if (!digest) return new Uint8Array(Int32Array.from(words).buffer)
  let end = 4 * (namesWord + 2 * names.length)
  for (const { length } of names) {
    words.push(end, length)
    end += length
  }
  const bytes = new Uint8Array(end)
  bytes.set(new Uint8Array(Int32Array.from(words).buffer))
  for (const [i, name] of names.entries()) bytes.set(name, words[namesWord + 2 * i])
  return bytes
}
