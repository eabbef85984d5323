/** What an input is encoded in, by its byte order mark. */
export type Encoding = "UTF-8" | "UTF-16LE" | "UTF-16BE"

const encodingOf = (head: Uint8Array): Encoding =>
  head[0] === 0xff && head[1] === 0xfe ? "UTF-16LE" : head[0] === 0xfe && head[1] === 0xff ? "UTF-16BE" : "UTF-8"

/** Whether an input that begins like this has to be converted. */
export const isUtf16 = (head: Uint8Array): boolean => encodingOf(head) !== "UTF-8"

/**
 * An input as UTF-8: UTF-16 with a byte order mark is converted, the mark too; anything else stays as it is. In UTF-16
 * a surrogate without its other half becomes U+FFFD.
 */
export class Utf8Input {
  /** Known from the second byte on. */
  encoding: Encoding | undefined
  private head = new Uint8Array(0)
  private decoder: InstanceType<typeof TextDecoder> | undefined

  /** `continues`: the input is the rest of one, without a byte order mark. */
  constructor(continues: boolean) {
    if (continues) this.encoding = "UTF-8"
  }

  /** The next bytes of the input; `last` says that there are no more. */
  read(chunk: Uint8Array, last: boolean): Uint8Array {
    if (this.encoding !== undefined) return this.converted(chunk, last)
    const head = new Uint8Array(this.head.length + chunk.length)
    head.set(this.head)
    head.set(chunk, this.head.length)
    this.head = head
    if (head.length < 2 && !last) return new Uint8Array(0)
    this.encoding = encodingOf(head)
    if (this.encoding !== "UTF-8") this.decoder = new TextDecoder(this.encoding, { ignoreBOM: true })
    this.head = new Uint8Array(0)
    return this.converted(head, last)
  }

  private converted(chunk: Uint8Array, last: boolean): Uint8Array {
    return this.decoder === undefined ? chunk : encoder.encode(this.decoder.decode(chunk, { stream: !last }))
  }
}

const encoder = new TextEncoder()
