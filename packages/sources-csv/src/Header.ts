/** Names of columns, each of them once. */
export interface Header {
  readonly names: ReadonlyArray<string>
  /** What had to be changed, for the summary. */
  readonly notes: ReadonlyArray<string>
}

/** Names without the blanks around them; the first of two equal names keeps it, later ones get `_2`, `_3`, … */
export const makeHeader = (written: ReadonlyArray<string>): Header => {
  const names: Array<string> = []
  const notes: Array<string> = []
  const trimmed = written.map((name) => name.trim())
  const taken = new Set(trimmed)
  const seen = new Set<string>()
  for (const name of trimmed) {
    let unique = name
    for (let n = 2; seen.has(name) && taken.has(unique); n++) unique = `${name}_${n}`
    if (unique !== name) notes.push(`column ${JSON.stringify(name)} again: read as ${JSON.stringify(unique)}`)
    seen.add(name)
    taken.add(unique)
    names.push(unique)
  }
  return { names, notes }
}

/** `c1`, `c2`, …, for an input without a header. */
export const numberedNames = (count: number): ReadonlyArray<string> =>
  Array.from({ length: count }, (_, i) => `c${i + 1}`)

const number = /^[+-]?(\d+([.,]\d*)*|[.,]\d+)(e[+-]?\d+)?$/i
const dateOrTime = /^(\d{4}-\d{1,2}-\d{1,2}|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{1,2}:\d{2})/

/**
 * Whether the first row of a file is probably data rather than names: a field is empty, a number, or looks like a date
 * or a time, or two are equal.
 */
export const firstRowLooksLikeData = (fields: ReadonlyArray<string>): boolean => {
  const trimmed = fields.map((field) => field.trim())
  return (
    new Set(trimmed).size < trimmed.length ||
    trimmed.some((field) => field === "" || number.test(field) || dateOrTime.test(field))
  )
}
