/** Places that are remembered at most: then every other one is forgotten. */
const mostPlaces = 65_536
const lineFeed = 10

/** Where the lines of a text begin: found in its bytes, which come chunk by chunk, and remembered for some of them. */
export class LinePlaces {
  /** Where every `stride`th line begins, from the first on. */
  private places = [0]
  private stride = 1024
  private ended = 0
  private bytes = 0
  private last = lineFeed

  /** The next bytes of the text. */
  add(chunk: Uint8Array): void {
    for (let at = chunk.indexOf(lineFeed); at >= 0; at = chunk.indexOf(lineFeed, at + 1)) {
      if (++this.ended % this.stride !== 0) continue
      this.places.push(this.bytes + at + 1)
      if (this.places.length < mostPlaces) continue
      this.places = this.places.filter((_, i) => i % 2 === 0)
      this.stride *= 2
    }
    this.bytes += chunk.length
    this.last = chunk.at(-1) ?? this.last
  }

  /** Lines so far, one without its end included. */
  get total(): number {
    return this.last === lineFeed ? this.ended : this.ended + 1
  }

  /** The last remembered line that is not after `line` (the first is 0), and the byte that it begins with. */
  before(line: number): { readonly line: number; readonly at: number } {
    const i = Math.floor(line / this.stride)
    return { line: i * this.stride, at: this.places[i] }
  }

  /** The byte that the first remembered line begins with that is not before `line`; the end of the text without one. */
  after(line: number): number {
    return this.places.at(Math.ceil(line / this.stride)) ?? this.bytes
  }
}
