import { hash } from "node:crypto"

/** Words of 32 bits, and bytes, of the digest of an id: with 128 bits no two ids have the same one. */
export const digestWords = 4
export const digestBytes = digestWords * 4

/** The digest of an id. Its first word is not 0. */
export const digestOf = (id: string): Uint32Array<ArrayBuffer> => {
  const bytes = hash("sha256", id, "buffer")
  const digest = new Uint32Array(digestWords)
  for (let i = 0; i < digestWords; i++) digest[i] = bytes.readUInt32LE(i * 4)
  if (digest[0] === 0) digest[0] = 1
  return digest
}

/** A set of digests in one piece of memory: open addressing, at most half full. A place is empty when its first word is 0. */
class DigestSet {
  size = 0
  private table: Uint32Array
  private mask: number

  constructor(places: number) {
    this.table = new Uint32Array(places * digestWords)
    this.mask = places - 1
  }

  has(digest: Uint32Array): boolean {
    return this.table[this.place(digest)] !== 0
  }

  add(digest: Uint32Array): void {
    if (2 * (this.size + 1) > this.mask + 1) this.grow()
    this.table.set(digest, this.place(digest))
    this.size++
  }

  /** Where a digest is, or belongs. */
  private place(digest: Uint32Array): number {
    const { mask, table } = this
    for (let i = digest[1] & mask; ; i = (i + 1) & mask) {
      const at = i * digestWords
      if (table[at] === 0 || isAt(table, at, digest)) return at
    }
  }

  private grow(): void {
    const former = this.table
    const larger = new DigestSet((this.mask + 1) * 2)
    for (let at = 0; at < former.length; at += digestWords) {
      if (former[at] !== 0) larger.add(former.subarray(at, at + digestWords))
    }
    this.table = larger.table
    this.mask = larger.mask
  }
}

const isAt = (table: Uint32Array, at: number, digest: Uint32Array): boolean =>
  table[at] === digest[0] && table[at + 1] === digest[1] && table[at + 2] === digest[2] && table[at + 3] === digest[3]

const firstPlaces = 1024

/** Digests of the ids that came last: at least `most` of them, and at most twice as many. */
export class RecentIds {
  private readonly most: number
  private now = new DigestSet(firstPlaces)
  private before = new DigestSet(firstPlaces)

  constructor(most: number) {
    this.most = most
  }

  /** Adds the digest of an id; false if it is there already. */
  add(digest: Uint32Array): boolean {
    if (this.now.has(digest) || this.before.has(digest)) return false
    if (this.now.size === this.most) {
      this.before = this.now
      this.now = new DigestSet(firstPlaces)
    }
    this.now.add(digest)
    return true
  }
}
