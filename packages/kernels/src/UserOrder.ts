import { type Kernels, Region } from "./Kernels.ts"
import type { TextArrays } from "./Texts.ts"

/** Users that have rows, in order, and where the rows of each end. */
export interface UsedUsers {
  readonly users: TextArrays
  readonly ends: Int32Array
}

/**
 * Orders users by their names: canonical integers (`0`, `42`, `-7`; no leading zeros, no plus) first, by value, then the
 * rest by UTF-8 bytes.
 */
export class UserOrder {
  private readonly kernels: Kernels
  private readonly pointer: number
  private readonly region: Region

  constructor(kernels: Kernels) {
    this.kernels = kernels
    this.pointer = kernels.run.namesNew()
    this.region = new Region(kernels)
  }

  /** Where the kernels have the place of each user in the order, an int32 each: as long as no others are ordered. */
  order({ bytes, offsets, size }: TextArrays): number {
    const { kernels, pointer, region } = this
    const length = offsets[size]
    region.reserve(4 * (5 * size + 2) + 2 * length)
    const codes = region.at
    const ranks = codes + 4 * size
    const offsetsAt = ranks + 4 * size
    const usedOffsets = offsetsAt + 4 * (size + 1)
    const usedEnds = usedOffsets + 4 * (size + 1)
    const usedBytes = usedEnds + 4 * size
    const bytesAt = usedBytes + length
    kernels.int32.set(offsets.subarray(0, size + 1), offsetsAt >> 2)
    kernels.bytes.set(bytes.subarray(0, length), bytesAt)
    kernels.int32.set([size, offsetsAt, bytesAt, codes, ranks, usedOffsets, usedBytes, usedEnds, 0], pointer >> 2)
    kernels.run.namesOrder(pointer)
    return ranks
  }

  /** Those of the users that have rows. `ends`: where the kernels have an int32 a place, where the rows of that user end. */
  used(ends: number): UsedUsers {
    const { kernels, pointer } = this
    kernels.run.namesUse(pointer, ends)
    const field = (index: number) => kernels.int32[(pointer >> 2) + index]
    const size = field(8)
    const offsets = kernels.copyInt32(field(5), size + 1)
    return {
      users: { size, offsets, bytes: kernels.copyBytes(field(6), offsets[size]) },
      ends: kernels.copyInt32(field(7), size)
    }
  }
}
