import { RE2JS, RE2JSException } from "re2js"

/** A compiled regular expression of RE2, which takes time linear in the text; or what is wrong with the pattern. */
export const compileRegex = (pattern: string): RE2JS | string => {
  try {
    return RE2JS.compile(pattern)
  } catch (error) {
    if (!(error instanceof RE2JSException)) throw error
    return error.message.replace(/^error parsing regexp: /, "")
  }
}

/** The compiled form of a pattern that is known to be good. */
export const knownRegex = (pattern: string): RE2JS => {
  const regex = compileRegex(pattern)
  if (typeof regex === "string") throw new Error(`pattern ${pattern}: ${regex}`)
  return regex
}

/** The parts of a replacement: text, and numbers of groups (`\0` to `\9`; `\\` is a backslash). */
export const replacementParts = (replacement: string): ReadonlyArray<string | number> =>
  [...replacement.matchAll(/\\([\d\\])|[^\\]+|\\/g)].map(([text, escaped]) =>
    escaped === undefined ? text : escaped === "\\" ? "\\" : Number(escaped)
  )
