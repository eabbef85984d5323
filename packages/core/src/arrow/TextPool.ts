import { type TextArrays, Texts } from "@sojourn/kernels"
import { Utf8, Vector } from "apache-arrow"
import { dataOf, noNulls } from "./dataOf.ts"
import { grown } from "./grown.ts"

/** Texts that can be added to: the values of an Arrow dictionary. */
export class TextPool extends Texts {
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

  /** Adds texts, of which the first begins where the last one here ends: `offsets` has one more than there are. */
  addAll(offsets: Int32Array, bytes: Uint8Array): void {
    const count = offsets.length - 1
    const end = offsets[count]
    if (end > this.bytes.length) this.bytes = grown(this.bytes, end)
    this.bytes.set(bytes, offsets[0])
    if (this.size + count + 1 > this.offsets.length) this.offsets = grown(this.offsets, this.size + count + 1)
    this.offsets.set(offsets, this.size)
    this.size += count
  }

  /** A text by number, for messages and the few places that need a string. */
  text(code: number): string {
    return decoder.decode(this.bytes.subarray(this.offsets[code], this.offsets[code + 1]))
  }

  /** The texts as an Arrow vector. It shares the memory: nothing may be cleared as long as it is used. */
  vector(): Vector<Utf8> {
    return textVector(this)
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

/** The texts there are now as an Arrow vector that shares their memory. */
export const textVector = ({ bytes, offsets, size }: TextArrays): Vector<Utf8> =>
  utf8Vector(offsets.subarray(0, size + 1), bytes.subarray(0, offsets[size]))

const utf8Vector = (offsets: Int32Array, values: Uint8Array): Vector<Utf8> =>
  new Vector([dataOf(new Utf8(), offsets.length - 1, noNulls, { offsets, values })])

const decoder = new TextDecoder()
