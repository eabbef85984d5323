import type { TextArrays } from "../src/Texts.ts"

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Texts as the kernels take them. */
export const textsOf = (texts: ReadonlyArray<string | Uint8Array>): TextArrays => {
  const all = texts.map((text) => (typeof text === "string" ? bytesOf(text) : text))
  const offsets = new Int32Array(all.length + 1)
  for (const [i, { length }] of all.entries()) offsets[i + 1] = offsets[i] + length
  return { size: all.length, offsets, bytes: Uint8Array.from(all.flatMap((bytes) => [...bytes])) }
}
