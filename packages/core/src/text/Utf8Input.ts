const encoder = new TextEncoder()

/** Of the byte order mark in UTF-8. */
const markLength = 3

/**
 * The bytes of an input that are not yet read, in one piece and as UTF-8. A byte order mark is passed over; after that
 * of UTF-16 everything is transcoded, the mark too, and half a surrogate pair becomes U+FFFD.
 */
export class Utf8Input {
  /** `bytes[at..stop)` is unread. Bytes before `stop` never change, so parts of it may be kept. */
  bytes: Uint8Array = new Uint8Array(0)
  at = 0
  stop = 0
  /** The place of `bytes[0]` in the input. */
  offset = 0
  /** Set after the byte order mark of UTF-16. */
  transcodedFrom: "UTF-16LE" | "UTF-16BE" | undefined
  private transcoder: InstanceType<typeof TextDecoder> | undefined
  private isBegun: boolean
  private isOwn = false

  /** `continues`: the input is the rest of one, without a byte order mark. */
  constructor(continues: boolean) {
    this.isBegun = continues
  }

  /** Number of bytes that can be read now. */
  get unread(): number {
    return this.isBegun ? this.stop - this.at : 0
  }

  push(chunk: Uint8Array): void {
    this.append(this.transcoder === undefined ? chunk : encoder.encode(this.transcoder.decode(chunk, { stream: true })))
    if (!this.isBegun && this.stop >= markLength) this.begin()
  }

  end(): void {
    if (!this.isBegun) this.begin()
    if (this.transcoder !== undefined) this.append(encoder.encode(this.transcoder.decode()))
  }

  private begin(): void {
    this.isBegun = true
    const [a, b, c] = this.bytes.subarray(0, this.stop)
    if (a === 0xef && b === 0xbb && c === 0xbf) this.at = markLength
    else if (a === 0xff && b === 0xfe) this.transcode("UTF-16LE")
    else if (a === 0xfe && b === 0xff) this.transcode("UTF-16BE")
  }

  private transcode(encoding: "UTF-16LE" | "UTF-16BE"): void {
    const head = this.bytes.subarray(0, this.stop)
    this.transcodedFrom = encoding
    this.transcoder = new TextDecoder(encoding, { ignoreBOM: true })
    this.stop = 0
    this.push(head)
    this.at = markLength
  }

  private append(chunk: Uint8Array): void {
    const held = this.stop - this.at
    if (held === 0) {
      this.offset += this.at
      this.bytes = chunk
      this.at = 0
      this.stop = chunk.length
      this.isOwn = false
      return
    }
    if (!this.isOwn || this.stop + chunk.length > this.bytes.length) {
      // Twice the size, so that many small chunks cost no more than a large one.
      const bytes = new Uint8Array(Math.max(2 * held, held + chunk.length))
      bytes.set(this.bytes.subarray(this.at, this.stop))
      this.offset += this.at
      this.bytes = bytes
      this.at = 0
      this.stop = held
      this.isOwn = true
    }
    this.bytes.set(chunk, this.stop)
    this.stop += chunk.length
  }
}
