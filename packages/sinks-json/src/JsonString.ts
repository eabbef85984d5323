import type { ByteWriter } from "@sojourn/core"

const quote = 34
const backslash = 92
const space = 32

/** The escapes of the bytes that need one, `"`, `\` and the controls, as short as JSON has them. */
const escapes = Array.from({ length: 128 }, (_, code) => JSON.stringify(String.fromCharCode(code)).slice(1, -1))

/** Writes `bytes[start..end)`, UTF-8, as a JSON string. */
export const writeJsonString = (out: ByteWriter, bytes: Uint8Array, start: number, end: number): void => {
  out.byte(quote)
  let from = start
  for (let i = start; i < end; i++) {
    const byte = bytes[i]
    if (byte >= space && byte !== quote && byte !== backslash) continue
    out.range(bytes, from, i)
    out.ascii(escapes[byte])
    from = i + 1
  }
  out.range(bytes, from, end)
  out.byte(quote)
}
