import type { ByteWriter, TextFormat } from "@sojourn/core"

const lineFeed = 10
const carriageReturn = 13
const quote = 34

/** `delimiter`: a byte. `isSafe`: texts that a spreadsheet would take for formulas get an apostrophe. */
export const csvFormat = (delimiter: number, columns: number, isSafe: boolean): TextFormat => {
  const exact = exactFormat(delimiter, columns)
  return isSafe ? { ...exact, writeText: withoutFormulas(exact.writeText) } : exact
}

/** What begins a formula, as OWASP lists it under CSV injection. */
const formulaStarts = new Set([..."=+-@\t\r"].map((character) => character.charCodeAt(0)))
const apostrophe = 39

const withoutFormulas = (write: TextFormat["writeText"]): TextFormat["writeText"] => {
  return (out, bytes, start, end) => {
    if (start === end || !formulaStarts.has(bytes[start])) return write(out, bytes, start, end)
    const marked = new Uint8Array(end - start + 1)
    marked[0] = apostrophe
    marked.set(bytes.subarray(start, end), 1)
    write(out, marked, 0, marked.length)
  }
}

const exactFormat = (delimiter: number, columns: number): TextFormat => {
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
