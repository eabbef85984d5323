/** UTF-8 texts numbered from 0: `bytes[offsets[code]..offsets[code + 1])`. */
export interface TextArrays {
  readonly size: number
  readonly offsets: Int32Array
  readonly bytes: Uint8Array
}

/** UTF-8 texts one after the other, numbered from 0. Texts are only ever added, so that a number keeps its meaning. */
export class Texts {
  /** Number of texts. */
  size = 0
  /** `offsets[code]` to `offsets[code + 1]` is a text's place in `bytes`. Both are replaced when they grow. */
  offsets: Int32Array
  bytes: Uint8Array

  constructor(offsets: Int32Array = new Int32Array(257), bytes: Uint8Array = new Uint8Array(4096)) {
    this.offsets = offsets
    this.bytes = bytes
  }
}
