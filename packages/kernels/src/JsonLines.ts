import { InputWindow, windowSize } from "./InputWindow.ts"
import type { Kernels } from "./Kernels.ts"
import type { RecordTable } from "./RecordTable.ts"

/** A field that {@link JsonLines} knows: the fields of the objects that it holds are known by it. 0 is none. */
export type JsonField = number

/**
 * Reads JSON lines into a table: those records that it fully understands. It stops before the first other one, be it
 * wrong, incomplete, long or only unusual, or one with a field that it was not taught. At any time only one reads into
 * a table.
 */
export class JsonLines {
  /** Stands for the records themselves. */
  readonly root: JsonField
  /** Of the last call of {@link JsonLines.read}: records kept, */
  records = 0
  /** and newlines passed. */
  lines = 0
  private readonly kernels: Kernels
  private readonly pointer: number
  private readonly cap: number
  private readonly window = new InputWindow()

  /** Knows no fields yet; what the one before in this table knew is forgotten. */
  constructor(table: RecordTable, maxRecordBytes: number) {
    const { kernels } = table
    this.kernels = kernels
    this.pointer = kernels.run.jsonOf(table.pointer)
    this.root = kernels.run.jsonRoot(this.pointer)
    this.cap = Math.min(maxRecordBytes, windowSize)
  }

  /**
   * Teaches a field of the objects that `parent` holds. `key` as written, with its quotes; `columns` of the table take
   * the value; `isOpened` if fields inside it are to be taught. 0 if there are too many.
   */
  learn(parent: JsonField, key: Uint8Array, columns: ReadonlyArray<number>, isOpened: boolean): JsonField {
    const { run, scratch } = this.kernels
    const words = new Uint8Array(Int32Array.from(columns).buffer)
    const both = new Uint8Array(words.length + key.length)
    both.set(words)
    both.set(key, words.length)
    const at = scratch.put(both, 0, both.length)
    return run.jsonLearn(this.pointer, parent, at + words.length, key.length, at, columns.length, isOpened)
  }

  /** Replaces the bytes to read from. */
  show(bytes: Uint8Array): void {
    this.window.show(bytes, bytes.length)
  }

  /**
   * Reads on at `bytes[at]`, between two records and at `offset` of the input, on `line`, after `event` records: the
   * place of the first record that was not kept.
   */
  read(at: number, offset: number, event: number, line: number, maxRecords: number): number {
    const { cap, kernels, pointer } = this
    const { run } = kernels
    this.records = this.lines = 0
    let reached = at
    for (;;) {
      if (this.window.isUsedUp(reached)) this.copy(reached)
      const { end, start } = this.window
      const from = reached
      const place = kernels.input.at - start
      reached =
        run.jsonRead(
          pointer,
          place + from,
          place + end,
          offset + from - at,
          event + this.records,
          line + this.lines,
          cap,
          maxRecords - this.records
        ) - place
      const words = kernels.int32
      this.lines += words[pointer >> 2]
      this.records += words[(pointer >> 2) + 1]
      if (reached === from || this.records === maxRecords || !this.window.isUsedUp(reached)) return reached
    }
  }

  private copy(from: number): void {
    const { kernels, window } = this
    window.moveTo(from)
    kernels.input.put(window.bytes, from, window.end)
  }
}
