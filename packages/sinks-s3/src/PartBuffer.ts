const mebibyte = 1 << 20

/** The most parts that an upload can have. */
export const maxParts = 10_000

/**
 * Bytes of the `index`-th part. Equal ones up to 39 GiB, as some servers want them all equal; bigger ones then, so that
 * 350 GiB fit. Parts of over 5 MiB are the least that S3 takes, other than the last one.
 */
export const partBytes = (index: number): number => (index < maxParts / 2 ? 8 : 64) * mebibyte

/** Collects bytes, and gives them back in pieces of any size. */
export class PartBuffer {
  private readonly chunks: Array<Uint8Array> = []
  length = 0

  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.chunks.push(bytes)
    this.length += bytes.length
  }

  /** The first bytes, which are there no more then. */
  take(length: number): Uint8Array {
    const taken = new Uint8Array(length)
    let filled = 0
    while (filled < length) {
      const [chunk] = this.chunks
      const part = chunk.subarray(0, length - filled)
      taken.set(part, filled)
      filled += part.length
      if (part.length === chunk.length) this.chunks.shift()
      else this.chunks[0] = chunk.subarray(part.length)
    }
    this.length -= length
    return taken
  }
}
