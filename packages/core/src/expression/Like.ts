/**
 * The test of a pattern of SQL: `%` is any text, `_` any character, and the character after `escape` stands for itself.
 * It takes time linear in the text for each part between two `%`.
 */
export const compileLike = (pattern: string, escape: string | undefined): ((text: string) => boolean) => {
  const parts = partsOf(pattern, escape)
  if (parts.every((part) => !part.includes(anyCharacter))) return compilePlain(parts.map((part) => part.join("")))
  return (text) => matches([...text], parts)
}

const anyCharacter = Symbol("_")
type Part = ReadonlyArray<string | typeof anyCharacter>

/** What stands between the `%`. */
const partsOf = (pattern: string, escape: string | undefined): ReadonlyArray<Part> => {
  const parts: Array<Array<string | typeof anyCharacter>> = [[]]
  const characters = [...pattern]
  for (let i = 0; i < characters.length; i++) {
    const last = parts[parts.length - 1]
    if (characters[i] === escape && i + 1 < characters.length) last.push(characters[++i])
    else if (characters[i] === "%") parts.push([])
    else last.push(characters[i] === "_" ? anyCharacter : characters[i])
  }
  return parts
}

const compilePlain = (parts: ReadonlyArray<string>): ((text: string) => boolean) => {
  const first = parts[0]
  if (parts.length === 1) return (text) => text === first
  const last = parts[parts.length - 1]
  const middle = parts.slice(1, -1)
  return (text) => {
    const end = text.length - last.length
    if (end < first.length || !text.startsWith(first) || !text.endsWith(last)) return false
    let at = first.length
    for (const part of middle) {
      const found = text.indexOf(part, at)
      if (found < 0 || found + part.length > end) return false
      at = found + part.length
    }
    return at <= end
  }
}

const matches = (text: ReadonlyArray<string>, parts: ReadonlyArray<Part>): boolean => {
  const first = parts[0]
  const last = parts[parts.length - 1]
  if (parts.length === 1) return text.length === first.length && fitsAt(text, 0, first)
  const end = text.length - last.length
  if (end < first.length || !fitsAt(text, 0, first) || !fitsAt(text, end, last)) return false
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    while (at + part.length <= end && !fitsAt(text, at, part)) at++
    if (at + part.length > end) return false
    at += part.length
  }
  return true
}

const fitsAt = (text: ReadonlyArray<string>, at: number, part: Part): boolean =>
  part.every((character, i) => character === anyCharacter || character === text[at + i])
