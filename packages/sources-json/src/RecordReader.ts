import type { DecodeRequest, EventBatchBuilder, FieldDigest } from "@sojourn/core"
import { closeBrace, comma, openBrace, quote } from "./Bytes.ts"
import { Compact } from "./Compact.ts"
import { type Field, Fields, type Shape } from "./Fields.ts"
import { incomplete, maxDepth, type Scanner, syntaxError, tooDeep } from "./Scanner.ts"

/**
 * Reads one record: checks it and sets the cells of the wanted columns in the same pass. Because the order of fields
 * repeats from record to record, a key is first compared with the one that followed last time.
 */
export class RecordReader {
  readonly fields: Fields
  private readonly scanner: Scanner
  private readonly builder: EventBatchBuilder
  private readonly digest: FieldDigest | undefined
  private readonly compact = new Compact()
  /** Whether the builder is told of every field. */
  private readonly tellsFields: boolean
  private record = 0

  constructor({ columns, known }: DecodeRequest, scanner: Scanner, builder: EventBatchBuilder) {
    this.fields = new Fields(columns)
    this.tellsFields = known !== undefined
    this.scanner = scanner
    this.builder = builder
    this.digest = builder.digest
  }

  /** The object at `at`: the position after it, or a negative result of the scanner. */
  read(at: number): number {
    this.record++
    return this.object(at, this.fields.top, 1)
  }

  private object(at: number, shape: Shape, depth: number): number {
    if (depth > maxDepth) return tooDeep
    const { builder, scanner } = this
    const { bytes, end } = scanner
    let i = scanner.skip(at + 1)
    if (i < end && bytes[i] === closeBrace) return i + 1
    let before: Field | undefined
    let expected = shape.first
    for (;;) {
      const key = i
      let field = expected
      if (field !== undefined && field.standsAt(bytes, i, end)) {
        i += field.key.length
      } else {
        if (i >= end) return incomplete
        if (bytes[i] !== quote) return syntaxError
        i = scanner.string(i + 1)
        if (i < 0) return i
        field = shape.field(bytes, key, i)
        if (before === undefined) shape.first = field
        else before.next = field
      }
      const keyEnd = i
      // A field that is not kept has no name.
      if (depth === 1 && this.tellsFields) builder.field(field.name || keyText(bytes, key, keyEnd))
      i = scanner.colon(i)
      if (i < 0) return i
      if (i >= end) return incomplete
      if (field.inner.length > 0) this.enter(field)

      const start = i
      const { blankRuns } = scanner
      if (bytes[i] === quote) i = scanner.string(i + 1)
      else if (bytes[i] === openBrace && field.shape !== undefined) i = this.object(i, field.shape, depth + 1)
      else i = scanner.value(i, depth)
      if (i < 0) return i
      const hasBlanks = scanner.blankRuns !== blankRuns
      if (depth === 1 && this.digest !== undefined) this.digestMember(this.digest, key, keyEnd, start, i, hasBlanks)
      if (field.columns.length > 0) this.setCells(field.columns, start, i, hasBlanks)

      i = scanner.skip(i)
      if (i >= end) return incomplete
      if (bytes[i] === closeBrace) return i + 1
      if (bytes[i] !== comma) return syntaxError
      i = scanner.skip(i + 1)
      before = field
      expected = field.next
    }
  }

  /** The last of two equal keys wins, so what an earlier one held inside goes. */
  private enter(field: Field): void {
    if (field.record === this.record) for (const column of field.inner) this.builder.nullCell(column)
    field.record = this.record
  }

  private digestMember(
    digest: FieldDigest,
    key: number,
    keyEnd: number,
    start: number,
    end: number,
    hasBlanks: boolean
  ): void {
    const { bytes } = this.scanner
    if (hasBlanks) {
      const { compact } = this
      compact.copy(bytes, start, end)
      digest.add(bytes, key + 1, keyEnd - 1, compact.bytes, 0, compact.length)
    } else digest.add(bytes, key + 1, keyEnd - 1, bytes, start, end)
  }

  private setCells(columns: ReadonlyArray<number>, start: number, end: number, hasBlanks: boolean): void {
    const { builder, compact } = this
    const { bytes } = this.scanner
    if (hasBlanks) compact.copy(bytes, start, end)
    for (let i = 0; i < columns.length; i++) {
      if (bytes[start] === firstOfNull) builder.nullCell(columns[i])
      else if (hasBlanks) builder.cell(columns[i], compact.bytes, 0, compact.length)
      else builder.cell(columns[i], bytes, start, end)
    }
  }
}

const firstOfNull = 0x6e
const decoder = new TextDecoder()

/** A key with its quotes, as what it says. */
const keyText = (bytes: Uint8Array, start: number, end: number): string =>
  JSON.parse(decoder.decode(bytes.subarray(start, end)))
