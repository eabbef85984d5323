import { makeData, Utf8, Vector } from "apache-arrow"
import { grown } from "../arrow/grown.ts"

/**
 * The texts that the codes of a column point into: as UTF-8, as strings, or both. Each is made from the other only when
 * it is asked for.
 */
export class Texts {
  readonly size: number
  private readonly strings: ReadonlyArray<string> | undefined
  private vector: Vector<Utf8> | undefined
  private decoded: DecodedTexts | undefined

  private constructor(size: number, strings: ReadonlyArray<string> | undefined, vector: Vector<Utf8> | undefined) {
    this.size = size
    this.strings = strings
    this.vector = vector
  }

  static ofStrings(strings: ReadonlyArray<string>): Texts {
    return new Texts(strings.length, strings, undefined)
  }

  static ofVector(vector: Vector<Utf8>): Texts {
    return new Texts(vector.length, undefined, vector)
  }

  /** `offsets` has one element more than there are texts. */
  static ofUtf8(offsets: Int32Array, bytes: Uint8Array): Texts {
    return Texts.ofVector(utf8Vector(offsets, bytes))
  }

  /** A text by its code. */
  text(code: number): string {
    if (this.strings !== undefined) return this.strings[code]
    this.decoded ??= new DecodedTexts(this.size, this.utf8())
    return this.decoded.text(code)
  }

  /** As a dictionary of Arrow. */
  dictionary(): Vector<Utf8> {
    this.vector ??= encoded(this.strings as ReadonlyArray<string>)
    return this.vector
  }

  /** As UTF-8: text `code` is `bytes[offsets[code]..offsets[code + 1])`. */
  utf8(): Utf8Texts {
    const data = this.dictionary().data[0]
    return { offsets: data?.valueOffsets ?? new Int32Array(1), bytes: data?.values ?? new Uint8Array(0) }
  }
}

interface Utf8Texts {
  readonly offsets: Int32Array
  readonly bytes: Uint8Array
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true })
const encoder = new TextEncoder()

const blockBits = 6
const blockSize = 1 << blockBits

/**
 * Decodes a block of texts at a time: of plain ASCII, a text is then a slice of its block. A dictionary may be much
 * larger than the batch, so blocks are decoded when they are needed.
 */
class DecodedTexts {
  private readonly size: number
  private readonly offsets: Int32Array
  private readonly bytes: Uint8Array
  private readonly blocks: Array<string | ReadonlyArray<string> | undefined>

  constructor(size: number, { bytes, offsets }: Utf8Texts) {
    this.size = size
    this.offsets = offsets
    this.bytes = bytes
    this.blocks = new Array((size + blockSize - 1) >> blockBits)
  }

  text(code: number): string {
    const number = code >> blockBits
    const block = (this.blocks[number] ??= this.decode(number))
    const first = number << blockBits
    if (typeof block !== "string") return block[code - first]
    const start = this.offsets[first]
    return block.slice(this.offsets[code] - start, this.offsets[code + 1] - start)
  }

  private decode(number: number): string | ReadonlyArray<string> {
    const { bytes, offsets } = this
    const first = number << blockBits
    const last = Math.min(first + blockSize, this.size)
    const block = decoder.decode(bytes.subarray(offsets[first], offsets[last]))
    if (block.length === offsets[last] - offsets[first]) return block
    return Array.from({ length: last - first }, (_, i) =>
      decoder.decode(bytes.subarray(offsets[first + i], offsets[first + i + 1]))
    )
  }
}

/** Texts up to this length are mostly ASCII and faster to copy than to encode. */
const short = 64

const encoded = (strings: ReadonlyArray<string>): Vector<Utf8> => {
  const offsets = new Int32Array(strings.length + 1)
  let bytes = new Uint8Array(16 * strings.length)
  let at = 0
  for (let code = 0; code < strings.length; code++) {
    const text = strings[code]
    if (at + 3 * text.length > bytes.length) bytes = grown(bytes, at + 3 * text.length)
    const end = text.length <= short ? copyAscii(text, bytes, at) : -1
    at = end < 0 ? at + encoder.encodeInto(text, bytes.subarray(at)).written : end
    offsets[code + 1] = at
  }
  return utf8Vector(offsets, bytes.subarray(0, at))
}

/** The end of a text that is all ASCII, else -1. */
const copyAscii = (text: string, bytes: Uint8Array, at: number): number => {
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit > 0x7f) return -1
    bytes[at + i] = unit
  }
  return at + text.length
}

const utf8Vector = (valueOffsets: Int32Array, data: Uint8Array): Vector<Utf8> =>
  new Vector([makeData({ type: new Utf8(), length: valueOffsets.length - 1, nullCount: 0, valueOffsets, data })])

/** Several dictionaries one after the other. */
export const concatTexts = (parts: ReadonlyArray<Texts>): Texts => {
  const all = parts.map((part) => ({ size: part.size, ...part.utf8() }))
  const bytes = new Uint8Array(all.reduce((sum, { offsets, size }) => sum + offsets[size] - offsets[0], 0))
  const offsets = new Int32Array(all.reduce((sum, { size }) => sum + size, 1))
  let at = 0
  let code = 0
  for (const part of all) {
    const start = part.offsets[0]
    bytes.set(part.bytes.subarray(start, part.offsets[part.size]), at)
    for (let i = 0; i < part.size; i++) offsets[code++] = part.offsets[i] - start + at
    at += part.offsets[part.size] - start
  }
  offsets[code] = at
  return Texts.ofUtf8(offsets, bytes)
}
