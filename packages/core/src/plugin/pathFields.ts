/** Fields that the directories of a file's path give to each of its records, as in `date=2025-11-16/part-0.json`. */
export type PathFields = ReadonlyMap<string, string | null>

/** What stands for null in such a path, as Apache Hive has it. */
const nullName = "__HIVE_DEFAULT_PARTITION__"

/** The fields in a path; its last part is the file's name. */
export const pathFields = (path: string): PathFields => {
  const parts = path.split(/[/\\]/).slice(0, -1)
  const named = parts.flatMap((part) => {
    const [, name, value] = /^([^=]+)=(.*)$/.exec(part) ?? []
    return name === undefined ? [] : [[unescaped(name), value === nullName ? null : unescaped(value)] as const]
  })
  return new Map(named)
}

const unescaped = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
