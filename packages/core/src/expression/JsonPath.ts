/** A way into a JSON value: names of fields and numbers of elements, counted from 0. */
export type JsonPath = ReadonlyArray<string | number>

const step = /\.?([\p{L}_$@][\p{L}\p{N}_$@-]*)|\.?"((?:[^"\\]|\\["\\])*)"|\[(\d{1,9})\]/uy

/** The path that a text names: `$.a.b[0]`, `a.b`, `$."a b"`; `undefined` if it is none. */
export const parseJsonPath = (text: string): JsonPath | undefined => {
  const path: Array<string | number> = []
  const rooted = /^\$(?=$|[.[])/.test(text)
  let at = rooted ? 1 : 0
  if (text === "" || (!rooted && text.startsWith("."))) return undefined
  while (at < text.length) {
    step.lastIndex = at
    const match = step.exec(text)
    if (match === null) return undefined
    const [whole, word, quoted, index] = match
    if (index === undefined && !whole.startsWith(".") && at > 0) return undefined
    path.push(index === undefined ? (word ?? quoted.replace(/\\(["\\])/g, "$1")) : Number(index))
    at += whole.length
  }
  return path
}

/** The text of a path of names. */
export const jsonPathText = (names: ReadonlyArray<string>): string =>
  `$${names.map((name) => (/^[\p{L}_][\p{L}\p{N}_]*$/u.test(name) ? `.${name}` : `."${name.replace(/["\\]/g, String.raw`\$&`)}"`)).join("")}`

export const jsonPathExpected = "a path such as '$.page.id', 'page.id' or '$.items[0]'"
