import { backslash, quote, space } from "./Bytes.ts"

/** Copies valid JSON text without its insignificant whitespace. */
export class Compact {
  bytes = new Uint8Array(1024)
  length = 0

  copy(source: Uint8Array, start: number, end: number): void {
    if (this.bytes.length < end - start) this.bytes = new Uint8Array(2 * (end - start))
    const { bytes } = this
    let inString = false
    let length = 0
    for (let i = start; i < end; i++) {
      const byte = source[i]
      if (inString) {
        bytes[length++] = byte
        if (byte === backslash) bytes[length++] = source[++i]
        else if (byte === quote) inString = false
      } else if (byte > space) {
        bytes[length++] = byte
        if (byte === quote) inString = true
      }
    }
    this.length = length
  }
}
