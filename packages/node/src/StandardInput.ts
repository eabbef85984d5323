/**
 * Standard input, which can be read once, made readable twice: what a sample took is kept and comes again for the run.
 */
class StandardInput {
  private kept: Array<Uint8Array> = []
  private source: AsyncIterator<Uint8Array> | undefined

  /** All bytes from the start. With `keep`, they can be had again. */
  async *chunks(keep: boolean): AsyncGenerator<Uint8Array> {
    for (let i = 0; i < this.kept.length; i++) yield this.kept[i]
    if (!keep) this.kept = []
    this.source ??= (process.stdin as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]()
    for (let next = await this.source.next(); next.done !== true; next = await this.source.next()) {
      if (keep) this.kept.push(next.value)
      yield next.value
    }
  }
}

export const standardInput = new StandardInput()
