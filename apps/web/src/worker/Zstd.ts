import { Decompress } from "fzstd"
import xxhash from "xxhash-wasm"
import { isEmptyFrame, isZstdFrame } from "./Packing.ts"

/**
 * The content of zstd frames, one after the other. `fzstd` unpacks blocks but compares no checksums, so the frames
 * (RFC 8878, 3.1) are walked here: what is damaged fails, and is not read as something else. Throws `Error`.
 */
export async function* unzstd(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const hashes = await xxhash()
  const bytes = new PackedBytes(chunks)
  while (!(await bytes.isAtEnd())) {
    const magic = await bytes.take(4)
    if (isZstdFrame(magic)) yield* frame(magic, bytes, hashes.create64())
    else if (isEmptyFrame(magic)) await bytes.skip(uint32(await bytes.take(4)))
    else throw new Error("there is something else after its frames")
  }
}

interface Hash {
  readonly update: (bytes: Uint8Array) => unknown
  readonly digest: () => bigint
}

async function* frame(magic: Uint8Array, bytes: PackedBytes, hash: Hash): AsyncGenerator<Uint8Array> {
  const descriptor = await bytes.take(1)
  const isSingle = (descriptor[0] >> 5) & 1
  const isHashed = (descriptor[0] >> 2) & 1
  const sizeBytes = descriptor[0] >> 6 === 0 ? isSingle : 1 << (descriptor[0] >> 6)
  const header = await bytes.take(1 - isSingle + [0, 1, 2, 4][descriptor[0] & 3] + sizeBytes)
  const content: Array<Uint8Array> = []
  const unpacking = new Decompress((block) => content.push(block))
  for (const part of [magic, descriptor, header]) unpacking.push(part)
  for (let isLast = false; !isLast;) {
    const block = await bytes.take(3)
    isLast = (block[0] & 1) === 1
    const size = (block[0] >> 3) | (block[1] << 5) | (block[2] << 13)
    const isRepeated = ((block[0] >> 1) & 3) === 1
    unpacking.push(block)
    unpacking.push(await bytes.take(isRepeated ? 1 : size))
    const sum = isLast && isHashed === 1 ? await bytes.take(4) : new Uint8Array(0)
    if (isLast) unpacking.push(sum, true)
    for (const part of content.splice(0)) {
      if (part.length === 0) continue
      if (isHashed === 1) hash.update(part)
      yield part
    }
    if (sum.length > 0 && Number(hash.digest() & 0xffff_ffffn) !== uint32(sum)) {
      throw new Error("its checksum does not match")
    }
  }
}

const uint32 = (bytes: Uint8Array): number => new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true)

/** Chunks, of which so many bytes as are wanted are taken at a time. */
class PackedBytes {
  private readonly chunks: AsyncIterator<Uint8Array>
  private current = new Uint8Array(0)

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.chunks = chunks[Symbol.asyncIterator]()
  }

  async isAtEnd(): Promise<boolean> {
    return this.current.length === 0 && !(await this.more())
  }

  /** Exactly so many. Throws `Error` where there are fewer. */
  async take(count: number): Promise<Uint8Array> {
    while (this.current.length < count) if (!(await this.more())) throw new Error("unexpected end of file")
    const taken = this.current.subarray(0, count)
    this.current = this.current.subarray(count)
    return taken
  }

  async skip(count: number): Promise<void> {
    for (let left = count; left > 0;) left -= (await this.take(Math.min(left, 65_536))).length
  }

  private async more(): Promise<boolean> {
    const next = await this.chunks.next()
    if (next.done === true) return false
    const joined = new Uint8Array(this.current.length + next.value.length)
    joined.set(this.current)
    joined.set(next.value, this.current.length)
    this.current = joined
    return true
  }
}
