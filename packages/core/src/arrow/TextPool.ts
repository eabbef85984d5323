import { makeData, Utf8, Vector } from "apache-arrow"
import { grown } from "./grown.ts"

/** UTF-8 texts one after the other, numbered from 0: the values of an Arrow dictionary. */
export class TextPool {
  /** Number of texts. */
  size = 0
  /** `offsets[code]` to `offsets[code + 1]` is a text's place in `bytes`. Both are replaced when they grow. */
  offsets = new Int32Array(257)
  bytes = new Uint8Array(4096)

  /** Adds the text `source[start..end)` and gives its number. */
  add(source: Uint8Array, start: number, end: number): number {
    const code = this.size++
    const at = this.offsets[code]
    const until = at + end - start
    if (until > this.bytes.length) this.bytes = grown(this.bytes, until)
    for (let i = start, o = at; i < end; i++, o++) this.bytes[o] = source[i]
    if (code + 2 > this.offsets.length) this.offsets = grown(this.offsets, code + 2)
    this.offsets[code + 1] = until
    return code
  }

  /** A text by number, for messages and the few places that need a string. */
  text(code: number): string {
    return decoder.decode(this.bytes.subarray(this.offsets[code], this.offsets[code + 1]))
  }

  /** The texts as an Arrow vector. It shares the memory: nothing may be added or cleared as long as it is used. */
  vector(): Vector<Utf8> {
    return utf8Vector(this.offsets.subarray(0, this.size + 1), this.bytes.subarray(0, this.offsets[this.size]))
  }

  /** A copy of the texts as an Arrow vector. */
  toVector(): Vector<Utf8> {
    return utf8Vector(this.offsets.slice(0, this.size + 1), this.bytes.slice(0, this.offsets[this.size]))
  }

  /** Forgets every text and keeps the memory. */
  clear(): void {
    this.size = 0
  }
}

const utf8Vector = (valueOffsets: Int32Array, data: Uint8Array): Vector<Utf8> =>
  new Vector([makeData({ type: new Utf8(), length: valueOffsets.length - 1, nullCount: 0, valueOffsets, data })])

const decoder = new TextDecoder()
