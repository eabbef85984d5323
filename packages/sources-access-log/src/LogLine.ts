/** One line of a log as its fields. A single value serves a whole input, line by line. */
export interface LogLine {
  /** Names of the fields that lines have, as far as it is known. */
  readonly names: ReadonlyArray<string>
  /** Finds the fields of `bytes[start..end)`. Returns what is wrong with the line, if something is. */
  readonly scan: (bytes: Uint8Array, start: number, end: number) => string | undefined
  /** Makes `value[valueStart..valueEnd)` the text of the field `names[field]`. False when it is null. */
  readonly read: (field: number) => boolean
  readonly value: Uint8Array
  readonly valueStart: number
  readonly valueEnd: number
}

export const space = 0x20
export const hyphen = 0x2d
export const quote = 0x22

/** The next `byte`, or `end`. */
export const indexOf = (bytes: Uint8Array, byte: number, start: number, end: number): number => {
  let i = start
  while (i < end && bytes[i] !== byte) i++
  return i
}
