/**
 * Bytes that have arrived and are not yet read. What was left over is looked at again only when it has doubled, so
 * that a long record that arrives in small pieces costs no more than twice its length.
 */
export class Pending {
  length = 0
  private left = 0
  private chunks: Array<Uint8Array> = []

  add(chunk: Uint8Array): void {
    this.chunks.push(chunk)
    this.length += chunk.length
  }

  /** Whether it is worth looking again. */
  get isDue(): boolean {
    return this.length >= 2 * this.left
  }

  /** All of it in one piece; a single chunk is not copied. */
  join(): Uint8Array {
    if (this.chunks.length !== 1) {
      const whole = new Uint8Array(this.length)
      let at = 0
      for (const chunk of this.chunks) {
        whole.set(chunk, at)
        at += chunk.length
      }
      this.chunks = [whole]
    }
    return this.chunks[0]
  }

  /** Keeps only what is at and after `start`. */
  drop(start: number): void {
    const rest = this.join().subarray(start)
    this.chunks = rest.length > 0 ? [rest] : []
    this.length = rest.length
    this.left = rest.length
  }
}
