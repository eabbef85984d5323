import type { Ranked, SortKey } from "./TopRows.ts"

/** Where a page ends: its last row, with its key if rows are sorted. Opaque to those who hand it back. */
export const cursorText = ({ key, row }: Ranked): string =>
  Buffer.from(JSON.stringify([row, ...(key === null ? [] : keyParts(key))])).toString("base64url")

const keyParts = (key: number | bigint | Uint8Array): ReadonlyArray<unknown> => {
  if (typeof key === "bigint") return ["i", String(key)]
  if (typeof key === "number") return ["n", String(key)]
  return ["t", Buffer.from(key).toString("base64")]
}

/** The row of a cursor; undefined if the text is none. */
export const readCursor = (text: string): Ranked | undefined => {
  try {
    const [row, kind, value] = JSON.parse(Buffer.from(text, "base64url").toString()) as ReadonlyArray<unknown>
    if (!Number.isSafeInteger(row) || Number(row) < 0) return undefined
    return { row: Number(row), key: kind === undefined ? null : readKey(kind, String(value)) }
  } catch {
    return undefined
  }
}

const readKey = (kind: unknown, value: string): SortKey => {
  if (kind === "i") return BigInt(value)
  return kind === "n" ? Number(value) : new Uint8Array(Buffer.from(value, "base64"))
}
