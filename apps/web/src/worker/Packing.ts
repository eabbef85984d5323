/** How the bytes of a file are packed, as their first four tell. */
export type Packing = "none" | "gzip" | "zstd" | "zip"

export const packingOf = (head: Uint8Array): Packing => {
  const [a, b, c, d] = head
  if (a === 0x1f && b === 0x8b) return "gzip"
  if (isZstdFrame(head) || isEmptyFrame(head)) return "zstd"
  return a === 0x50 && b === 0x4b && (c === 3 || c === 5) && (d === 4 || d === 6) ? "zip" : "none"
}

/** Whether bytes begin a zstd frame. */
export const isZstdFrame = ([a, b, c, d]: Uint8Array): boolean => a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd

/** Whether bytes begin a zstd frame that holds no data (pzstd writes those). */
export const isEmptyFrame = ([a, b, c, d]: Uint8Array): boolean =>
  (a & 0xf0) === 0x50 && b === 0x2a && c === 0x4d && d === 0x18
