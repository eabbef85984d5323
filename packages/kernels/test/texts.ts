import type { TextArrays } from "../src/Texts.ts"

export const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)

/** Texts as the kernels take them. */
export const textsOf = (texts: ReadonlyArray<string | Uint8Array>): TextArrays => {
  const all = texts.map((text) => (typeof text === "string" ? bytesOf(text) : text))
  const offsets = new Int32Array(all.length + 1)
  for (const [i, { length }] of all.entries()) offsets[i + 1] = offsets[i] + length
  return { size: all.length, offsets, bytes: Uint8Array.from(all.flatMap((bytes) => [...bytes])) }
}

const isInteger = (name: Buffer): boolean => /^(?:0|-?[1-9][0-9]*)$/.test(name.toString("latin1"))

/** The order of users as the documentation has it: integers by value, then the rest by bytes. */
export const compareUsers = (a: Buffer, b: Buffer): number => {
  if (isInteger(a) !== isInteger(b)) return isInteger(a) ? -1 : 1
  if (!isInteger(a)) return Buffer.compare(a, b)
  const difference = BigInt(a.toString()) - BigInt(b.toString())
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}
