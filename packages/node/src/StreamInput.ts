import { createReadStream } from "node:fs"
import { isStandardInput } from "./Files.ts"

/**
 * An input that can be read only once, such as standard input or a pipe, made readable twice: what a sample took is
 * kept and comes again for the run.
 */
class StreamInput {
  private readonly source: AsyncIterator<Uint8Array>
  /** What has come so far; what will not be needed again is taken out. */
  private readonly came: Array<Uint8Array | undefined> = []
  private ended = false
  private pulling: Promise<void> | undefined

  constructor(source: AsyncIterable<Uint8Array>) {
    this.source = source[Symbol.asyncIterator]()
  }

  /** All bytes from the start. With `keep`, they can be had again. */
  async *chunks(keep: boolean): AsyncGenerator<Uint8Array> {
    for (let i = 0; ; i++) {
      while (i === this.came.length && !this.ended) await this.pull()
      if (i === this.came.length) return
      const chunk = this.came[i]
      if (!keep) this.came[i] = undefined
      if (chunk !== undefined) yield chunk
    }
  }

  /** One at a time, whoever asks: a reader that has been left may still be waiting for the next chunk. */
  private pull(): Promise<void> {
    this.pulling ??= this.next()
    return this.pulling
  }

  private async next(): Promise<void> {
    const { done, value } = await this.source.next()
    this.pulling = undefined
    if (done === true) this.ended = true
    else this.came.push(value)
  }
}

const inputs = new Map<string, StreamInput>()

/** The input at a path that is no regular file, or standard input. */
export const streamInput = (path: string): StreamInput => {
  const known = inputs.get(path)
  if (known !== undefined) return known
  const source = isStandardInput(path) ? process.stdin : createReadStream(path)
  const input = new StreamInput(source as AsyncIterable<Uint8Array>)
  inputs.set(path, input)
  return input
}
