/** Bytes with a place in them, as hyparquet reads them. */
export interface Reader {
  readonly view: DataView<ArrayBuffer>
  offset: number
}

export const readerOf = (bytes: Uint8Array): Reader => ({
  view: new DataView(bytes.buffer as ArrayBuffer, bytes.byteOffset, bytes.length),
  offset: 0
})

/**
 * Fills `to` from runs that are either one value many times or values packed in `width` bits (0 to 32): the encoding of
 * levels, dictionary codes and booleans. Reads from `reader` up to `end`; throws if the runs end before `to` is full.
 * Method: Parquet's specification, "Run Length Encoding / Bit-Packing Hybrid".
 */
export const readHybrid = (reader: Reader, width: number, to: Uint8Array | Int32Array, end: number): void => {
  const { view } = reader
  const bytes = new Uint8Array(view.buffer, view.byteOffset, end)
  const valueBytes = (width + 7) >> 3
  let at = reader.offset
  let filled = 0
  while (filled < to.length) {
    let header = 0
    for (let shift = 0; ; shift += 7) {
      if (at >= end || shift > 28) throw new Error(`its runs end after ${filled} of ${to.length} values`)
      const byte = bytes[at++]
      header |= (byte & 0x7f) << shift
      if (byte < 0x80) break
    }
    const isPacked = (header & 1) === 1
    const count = Math.min(to.length - filled, isPacked ? (header >>> 1) * 8 : header >>> 1)
    if (count === 0) continue
    if (!isPacked) {
      if (at + valueBytes > end) throw new Error(`its runs end after ${filled} of ${to.length} values`)
      let value = 0
      for (let i = 0; i < valueBytes; i++) value |= bytes[at++] << (8 * i)
      to.fill(value, filled, filled + count)
      filled += count
      continue
    }
    // Some writers leave out the padding of the last run.
    if (at + ((count * width + 7) >> 3) > end) throw new Error(`its runs end after ${filled} of ${to.length} values`)
    unpack(bytes, at, width, to, filled, count)
    at = Math.min(end, at + (header >>> 1) * width)
    filled += count
  }
  reader.offset = at
}

/** `count` values of `width` bits each, the lowest bits first. */
const unpack = (
  bytes: Uint8Array,
  start: number,
  width: number,
  to: Uint8Array | Int32Array,
  filled: number,
  count: number
): void => {
  if (width === 0) return void to.fill(0, filled, filled + count)
  const mask = width === 32 ? -1 : (1 << width) - 1
  if (width <= 24) {
    let at = start
    let bits = 0
    let held = 0
    for (let i = 0; i < count; i++) {
      while (held < width) {
        bits |= bytes[at++] << held
        held += 8
      }
      to[filled + i] = bits & mask
      bits >>>= width
      held -= width
    }
    return
  }
  for (let i = 0; i < count; i++) {
    // At most five bytes hold the value.
    const bit = i * width
    const at = start + (bit >> 3)
    const shift = bit & 7
    const low = bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)
    const high = shift + width > 32 ? bytes[at + 4] << (32 - shift) : 0
    to[filled + i] = ((low >>> shift) | high) & mask
  }
}
