import type { Kernels } from "./Kernels.ts"
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
  /** Where the names, their order and their places in it are. */
  private block = { at: 0, size: 0 }

  constructor(kernels: Kernels) {
    this.kernels = kernels
    this.pointer = kernels.run.namesNew()
  }

  /** Where the kernels have the place of each user in the order, an int32 each, until {@link UserOrder.used} is called. */
  order({ bytes, offsets, size }: TextArrays): number {
    const { kernels, pointer } = this
    const length = offsets[size]
    const blockBytes = 4 * (3 * size + 1) + length
    const codes = kernels.run.alloc(blockBytes)
    this.block = { at: codes, size: blockBytes }
    const ranks = codes + 4 * size
    const offsetsAt = ranks + 4 * size
    const bytesAt = offsetsAt + 4 * (size + 1)
    kernels.int32.set(offsets.subarray(0, size + 1), offsetsAt >> 2)
    kernels.bytes.set(bytes.subarray(0, length), bytesAt)
    kernels.int32.set([size, offsetsAt, bytesAt, codes, ranks, 0, 0, 0, 0], pointer >> 2)
    kernels.run.namesOrder(pointer)
    return ranks
  }

  /** Those of the users that have rows. `ends`: where the kernels have an int32 a place, where the rows of that user end. */
  used(ends: number): UsedUsers {
    const { block, kernels, pointer } = this
    const { run } = kernels
    const fields = pointer >> 2
    const count = kernels.int32[fields]
    const length = kernels.int32[(kernels.int32[fields + 1] >> 2) + count]
    const offsetsAt = run.alloc(4 * (count + 1))
    const bytesAt = run.alloc(length)
    const endsAt = run.alloc(4 * count)
    kernels.int32.set([offsetsAt, bytesAt, endsAt], fields + 5)
    run.namesUse(pointer, ends)
    const size = kernels.int32[fields + 8]
    const offsets = kernels.copyInt32(offsetsAt, size + 1)
    const used = {
      users: { size, offsets, bytes: kernels.copyBytes(bytesAt, offsets[size]) },
      ends: kernels.copyInt32(endsAt, size)
    }
    run.free(offsetsAt, 4 * (count + 1))
    run.free(bytesAt, length)
    run.free(endsAt, 4 * count)
    run.free(block.at, block.size)
    return used
  }
}
