import { createHash } from "node:crypto"
import { closeSync, openSync, readSync } from "node:fs"

/** What a file of sessions says: how many, of how many events, and a digest of their rows in order. */
export interface Result {
  readonly sessions: number
  readonly events: number
  readonly digest: string
}

const wanted = ["user_id", "session_start", "session_end", "event_count"]

/**
 * The sessions of a CSV file with a header, one text each: user, start, end and events, whatever other columns there
 * are, with times in one spelling. Throws if a column is missing or a field quoted.
 */
export function* sessionRows(path: string): Generator<string> {
  const lines = readLines(path)
  const header = lines.next()
  const names = header.done === true ? [] : header.value.split(",")
  const [user, start, end, count] = wanted.map((name) => {
    const column = names.indexOf(name)
    if (column < 0) throw new Error(`${path} has no column ${name}`)
    return column
  })
  for (const line of lines) {
    const fields = line.split(",")
    if (fields.length !== names.length || line.includes('"'))
      throw new Error(`${path}: ${names.length} fields without quotes were expected, found: ${line}`)
    yield `${fields[user]},${plainTime(fields[start])},${plainTime(fields[end])},${fields[count]}`
  }
}

/** `2024-01-01 00:00:00`, with a fraction only if it is not zero. */
const plainTime = (time: string): string =>
  time
    .replace("T", " ")
    .replace(/Z$/, "")
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "")

/** Counts and digests the sessions of a file. */
export function readResult(path: string): Result {
  const hash = createHash("sha256")
  let sessions = 0
  let events = 0
  for (const row of sessionRows(path)) {
    hash.update(`${row}\n`)
    sessions++
    events += Number(row.slice(row.lastIndexOf(",") + 1))
  }
  return { sessions, events, digest: hash.digest("hex") }
}

/** Where two files of sessions first differ, in words; undefined if they do not. */
export function firstDifference(left: string, right: string): string | undefined {
  const others = sessionRows(right)
  let number = 0
  for (const row of sessionRows(left)) {
    number++
    const other = others.next()
    if (other.done === true) return `session ${number}: ${row} against no more sessions`
    if (other.value !== row) return `session ${number}: ${row} against ${other.value}`
  }
  const more = others.next()
  return more.done === true ? undefined : `session ${number + 1}: no more sessions against ${more.value}`
}

const chunkBytes = 1 << 20

function* readLines(path: string): Generator<string> {
  const file = openSync(path, "r")
  try {
    const buffer = Buffer.alloc(chunkBytes)
    const decoder = new TextDecoder()
    let rest = ""
    for (;;) {
      const read = readSync(file, buffer)
      const lines = (rest + decoder.decode(buffer.subarray(0, read), { stream: read > 0 })).split("\n")
      rest = lines.pop() ?? ""
      yield* lines
      if (read === 0) break
    }
    if (rest !== "") yield rest
  } finally {
    closeSync(file)
  }
}
