import type { ByteWriter, TextFormat } from "@sojourn/core"

const lineFeed = 10
const carriageReturn = 13
const quote = 34

/** `delimiter`: a byte. */
export const csvFormat = (delimiter: number, columns: number): TextFormat => {
  const between = Uint8Array.of(delimiter)
  const highest = Math.max(delimiter, quote)
  return {
    name: "csv",
    null: "",
    quote: "",
    listSeparator: ";",
    writeText: (out, bytes, start, end) => {
      if (start === end) return writeQuoted(out, bytes, start, end)
      out.reserve(end - start)
      const target = out.bytes
      let at = out.length
      for (let i = start; i < end; i++) {
        const byte = bytes[i]
        if (byte <= highest && (byte === delimiter || byte === quote || byte === lineFeed || byte === carriageReturn)) {
          return writeQuoted(out, bytes, start, end)
        }
        target[at++] = byte
      }
      out.length = at
    },
    rowStart: "",
    cellStarts: Array.from({ length: columns }, (_, column) => (column === 0 ? new Uint8Array(0) : between)),
    rowEnd: "\n"
  }
}

const writeQuoted = (out: ByteWriter, bytes: Uint8Array, start: number, end: number): void => {
  out.byte(quote)
  for (let i = start; i < end; i++) {
    if (bytes[i] === quote) out.byte(quote)
    out.byte(bytes[i])
  }
  out.byte(quote)
}
