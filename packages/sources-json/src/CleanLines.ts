import { JsonLines, type JsonField, type RecordTable } from "@sojourn/kernels"
import type { Fields, Shape } from "./Fields.ts"

/** After so many records in vain, at most, it is tried again. */
const longestPause = 64

/**
 * Reads the records that the kernels understand, which are those with known fields and nothing wrong or unusual. When
 * there are few of them it is tried less and less often.
 */
export class CleanLines {
  private readonly kernel: JsonLines
  private readonly fields: Fields
  private readonly known = new Map<Shape, JsonField>()
  /** Fields taught. */
  private taught = 0
  /** Records for which it is not tried: the last time, */
  private pause = 0
  /** and yet to come. */
  private left = 0

  constructor(table: RecordTable, maxRecordBytes: number, fields: Fields) {
    this.kernel = new JsonLines(table, maxRecordBytes)
    this.fields = fields
    this.known.set(fields.top, this.kernel.root)
  }

  /** Records kept by the last call of {@link CleanLines.read}. */
  get records(): number {
    return this.kernel.records
  }

  /** Newlines passed by it. */
  get lines(): number {
    return this.kernel.lines
  }

  /** Replaces the bytes to read from. */
  show(bytes: Uint8Array): void {
    this.kernel.show(bytes)
  }

  /** Whether it is worth trying, which is asked before every record. */
  isDue(): boolean {
    if (this.left === 0) return true
    this.left--
    return false
  }

  /** As {@link JsonLines.read}. */
  read(at: number, offset: number, event: number, line: number, maxRecords: number): number {
    this.teach()
    const reached = this.kernel.read(at, offset, event, line, maxRecords)
    this.pause = this.records > 0 ? 0 : Math.min(Math.max(this.pause * 2, 1), longestPause)
    this.left = this.pause
    return reached
  }

  private teach(): void {
    const { kept } = this.fields
    for (; this.taught < kept.length; this.taught++) {
      const { field, owner } = kept[this.taught]
      const parent = this.known.get(owner)
      if (parent === undefined) continue
      const learned = this.kernel.learn(parent, field.key, field.columns, field.shape !== undefined)
      if (learned !== 0 && field.shape !== undefined) this.known.set(field.shape, learned)
    }
  }
}
