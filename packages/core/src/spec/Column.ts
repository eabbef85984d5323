import * as Schema from "effect/Schema"

/**
 * A reference to a field of a record: `user_id`, `payload.user.id`, or in double quotes where a name is not a plain
 * word: `"User ID"`, `payload."user-id"`. The value is the path with its segments joined by dots.
 */
export const columnPath = (text: string): string | undefined => {
  if (!referencePattern.test(text)) return undefined
  const segments = text.match(segmentPattern) ?? []
  return segments.map(unquoted).join(".")
}

/** What a segment names. */
export const unquoted = (segment: string): string =>
  segment.startsWith('"') ? segment.slice(1, -1).replaceAll('""', '"') : segment

/** A field's path as it is written in a spec, quoted where it has to be. */
export const columnText = (path: string): string =>
  referencePattern.test(path) && !path.includes('"') ? path : `"${path.replaceAll('"', '""')}"`

/** The name that a column gets from its path unless it is given one: the last segment. */
export const columnName = (path: string): string => path.slice(path.lastIndexOf(".") + 1)

/** A plain word, or anything in double quotes: the source of a regular expression with the flag `u`. */
export const segment = String.raw`(?:[\p{L}_$@][\p{L}\p{N}_$@]*|"(?:[^"]|"")+")`
const segmentPattern = new RegExp(segment, "gu")
const referencePattern = new RegExp(`^${segment}(?:\\.${segment})*$`, "u")

export const columnExpected = 'a column such as user_id, payload.user.id or "User ID"'

export const Column = Schema.String.check(
  Schema.makeFilter((text: string) => columnPath(text) !== undefined, {
    expected: columnExpected,
    toJsonSchema: () => [{ pattern: referencePattern.source }, true]
  })
)
