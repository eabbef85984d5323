import { createZstdDecompress, type ZstdDecompress } from "node:zlib"

/** Whether bytes begin a zstd frame, or one that holds no data (pzstd writes those). */
export const isZstd = ([a, b, c, d]: Uint8Array): boolean =>
  (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) ||
  ((a & 0xf0) === 0x50 && b === 0x2a && c === 0x4d && d === 0x18)

/** Packed bytes given to the decompressor at a time: what comes of them is in memory. */
const sliceSize = 64 * 1024

/**
 * The content of zstd frames, one after the other. Node's decompressor ends with the first frame that ends inside of
 * what it is given, and loses the rest: so it is given one slice after the other, and the rest goes to a new one.
 */
export async function* unzstd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let frames = new Frames()
  try {
    for await (const chunk of chunks) {
      for (let at = 0; at < chunk.length;) {
        const slice = chunk.subarray(at, at + sliceSize)
        const used = await frames.feed(slice)
        yield* frames.content.splice(0)
        if (used < slice.length) {
          frames.close()
          frames = new Frames()
        }
        at += used
      }
    }
    await frames.finish()
    yield* frames.content.splice(0)
  } finally {
    frames.close()
  }
}

/** One decompressor. */
class Frames {
  readonly content: Array<Uint8Array> = []
  private readonly stream: ZstdDecompress = createZstdDecompress({ chunkSize: 256 * 1024 })

  constructor() {
    this.stream.on("data", (chunk: Uint8Array) => this.content.push(chunk))
  }

  /** How many of the bytes were used: fewer than given when a frame ended among them. */
  async feed(bytes: Uint8Array): Promise<number> {
    const before = this.stream.bytesWritten
    // When a frame ends early, the stream ends and the callback is not called.
    await this.ended((then) => this.stream.write(bytes, then))
    return this.stream.bytesWritten - before
  }

  /** Fails if a frame has begun and not ended. */
  finish(): Promise<void> {
    return this.stream.bytesWritten === 0 ? Promise.resolve() : this.ended(() => this.stream.end())
  }

  close(): void {
    this.stream.destroy()
  }

  /** When the stream has ended, or before that when `start` says so. */
  private ended(start: (then: (error?: Error | null) => void) => void): Promise<void> {
    const { stream } = this
    return new Promise<void>((resolve, reject) => {
      const settle = (result: () => void) => () => {
        stream.off("end", onEnd).off("error", onError)
        result()
      }
      const onEnd = settle(resolve)
      const onError = (error: Error) => settle(() => reject(error))()
      stream.on("end", onEnd).on("error", onError)
      start((error) => (error ? onError(error) : onEnd()))
    })
  }
}
