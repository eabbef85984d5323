/** UTF-8 texts numbered from 0: `bytes[offsets[code]..offsets[code + 1])`. */
export interface TextArrays {
  readonly size: number
  readonly offsets: Int32Array
  readonly bytes: Uint8Array
}

/** Those of some texts that stand as they are written. */
export interface PlainTexts extends Omit<TextArrays, "size"> {
  /** The numbers of the texts that are not among them, which are empty here. */
  readonly others: Int32Array
  /** Where `bytes` begins, in the measure of `offsets`, of which there is one more than there are texts. */
  readonly base: number
}

/** UTF-8 texts one after the other, numbered from 0. Texts are only ever added, so that a number keeps its meaning. */
export class Texts {
  /** Number of texts. */
  size = 0
  /** `offsets[code]` to `offsets[code + 1]` is a text's place in `bytes`. Both are replaced when they grow. */
  offsets: Int32Array
  bytes: Uint8Array
  /**
   * Where the kernels have the texts, too: those from `from` to before `to`, the first of them at `base`; the arrays are good
   * until the kernels are used again. JSON strings without an escape come without their quotes; other JSON tokens are not
   * plain, nor are very long texts, nor, with `blanksToo`, those that begin with a blank or are empty.
   */
  plain: ((from: number, to: number, blanksToo: boolean, base: number) => PlainTexts) | undefined

  constructor(offsets: Int32Array = new Int32Array(257), bytes: Uint8Array = new Uint8Array(4096)) {
    this.offsets = offsets
    this.bytes = bytes
  }
}
