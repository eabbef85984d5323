import { Interner, TextPool } from "@sojourn/core"
import type { DecodedArray } from "hyparquet"
import type { Leaf } from "./FileFields.ts"
import { learnTimes } from "./learnTimes.ts"
import { type LeafText, leafText, type LeafTime, type Value } from "./LeafText.ts"
import { type Chunk, type DataPage, Pages } from "./Pages.ts"

/** A text that is no UTF-8. */
export const notText = -2

/** One column of a row group. */
export interface FlatCells {
  /** By row: the number of a text, -1 for null, {@link notText}. */
  readonly codes: Int32Array
  readonly texts: TextPool
  /** For a column wanted as times, by row: microseconds since 1970, or the least int64 where only the text is known. */
  readonly micros: BigInt64Array | undefined
}

/** Texts beyond so many bytes are begun anew with the next row group, so that memory is bounded. */
const mostBytes = 64 * 1024 * 1024
const encoder = new TextEncoder()

/** Reads a column with at most one value a record. A text is made once for each value of a dictionary. */
export class FlatColumn {
  readonly json: boolean
  private readonly leaf: Leaf
  private readonly text: LeafText
  /** Of a column wanted as times. Nearly every text is another one, and few are ever looked at: they are not looked up. */
  readonly time: LeafTime | undefined
  private texts = new Interner()

  constructor(leaf: Leaf, isTime: boolean) {
    this.leaf = leaf
    this.text = leafText(leaf.node.element)
    this.json = this.text.kind === "boolean"
    this.time = isTime ? this.text.time : undefined
  }

  /** Whether numbers of texts keep their meaning from row group to row group. */
  get lasts(): boolean {
    return this.time === undefined
  }

  /** The first `most` of a row group's rows. */
  read(chunk: Chunk, rows: number, most: number): FlatCells {
    const pages = new Pages(chunk, this.leaf, rows)
    const codes = new Int32Array(Math.min(rows, most))
    const micros = this.time && new BigInt64Array(codes.length)
    if (this.texts.offsets[this.texts.size] > mostBytes) this.texts = new Interner()
    const texts = this.time === undefined ? this.texts : new TextPool()
    let known: Known | undefined
    let row = 0
    while (row < codes.length) {
      const page = pages.next()
      if (page === undefined) break
      if (page.isCoded) {
        if (pages.dictionary === undefined) throw new Error("its codes have no dictionary")
        if (known?.values !== pages.dictionary) known = this.learn(pages.dictionary, texts)
      }
      this.take(page, page.isCoded ? known : this.learn(page.values, texts), row, codes, micros)
      row += page.entries
    }
    return { codes, texts, micros }
  }

  /** What values are as texts, and as times. */
  private learn(values: DecodedArray, texts: TextPool): Known {
    if (this.time !== undefined) return { values, ...learnTimes(values, this.time, texts) }
    const codes = new Int32Array(values.length)
    for (let i = 0; i < codes.length; i++) {
      const printed = this.text.print(values[i] as Value)
      const bytes = typeof printed === "string" ? encoder.encode(printed) : printed
      codes[i] = bytes === undefined ? notText : this.texts.intern(bytes, 0, bytes.length)
    }
    return { values, codes, micros: undefined }
  }

  private take(
    { definition, entries, isCoded, values }: DataPage,
    known: Known | undefined,
    from: number,
    codes: Int32Array,
    micros: BigInt64Array | undefined
  ): void {
    if (known === undefined) return
    const { length } = known.codes
    const coded = values as Int32Array
    const present = this.leaf.definition
    const count = Math.min(entries, codes.length - from)
    let next = 0
    for (let i = 0; i < count; i++) {
      const row = from + i
      if (definition !== undefined && definition[i] !== present) {
        codes[row] = -1
        continue
      }
      const at = isCoded ? coded[next] : next
      next++
      if (at < 0 || at >= length) throw new Error(`code ${at} of a dictionary of ${length} values`)
      codes[row] = known.codes[at]
      if (micros !== undefined && known.micros !== undefined) micros[row] = known.micros[at]
    }
  }
}

/** Values as what they are known to be. */
interface Known {
  readonly values: DecodedArray
  readonly codes: Int32Array
  readonly micros: BigInt64Array | undefined
}
