import { hyphen, type LogLine, quote, space } from "./LogLine.ts"

const tab = 0x09

/** What the fields of the W3C format are called here, so that a spec fits logs of either kind. */
const known: Readonly<Record<string, string>> = {
  "c-ip": "address",
  "cs-uri": "path",
  "cs-username": "auth",
  "cs-method": "method",
  "cs-version": "protocol",
  "sc-status": "status",
  "sc-bytes": "bytes",
  "cs(referer)": "referrer",
  "cs(user-agent)": "user_agent"
}

/** How a field is made from the tokens of a line: from one, or from two. A date of -1 is that of the directive. */
type Origin =
  | number
  | { readonly kind: "time"; readonly date: number; readonly time: number }
  | { readonly kind: "path"; readonly stem: number; readonly query: number }

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/**
 * A line of the W3C extended log file format (https://www.w3.org/TR/WD-logfile): tokens between blanks, named by the
 * directive `#Fields:`. `date` and `time` make the field `time`, in UTC; `cs-uri-stem` and `cs-uri-query` the field
 * `path`.
 */
export class ExtendedLine implements LogLine {
  names: ReadonlyArray<string> = []
  value: Uint8Array = new Uint8Array(0)
  valueStart = 0
  valueEnd = 0
  private bytes = this.value
  private tokens: ReadonlyArray<string> | undefined
  private origins: ReadonlyArray<Origin> = []
  private date = ""
  private starts = new Int32Array(64)
  private ends = new Int32Array(64)

  /** A line that begins with `#`: `#Fields:` and `#Date:` matter, the others are passed over. */
  directive(bytes: Uint8Array, start: number, end: number): void {
    const [, name, text] = /^#\s*(\w+):\s*(.*)$/.exec(decoder.decode(bytes.subarray(start, end))) ?? []
    if (name?.toLowerCase() === "fields") this.setFields(text.split(/\s+/).filter((token) => token !== ""))
    else if (name?.toLowerCase() === "date") this.date = text.split(/\s+/)[0]
  }

  scan(bytes: Uint8Array, start: number, end: number): string | undefined {
    const { tokens } = this
    if (tokens === undefined) return "no #Fields before the first record"
    this.bytes = bytes
    let count = 0
    let i = start
    while (i < end) {
      if (bytes[i] === space || bytes[i] === tab) i++
      else {
        const isQuoted = bytes[i] === quote
        const from = isQuoted ? ++i : i
        if (isQuoted) {
          while (i < end && (bytes[i] !== quote || bytes[i + 1] === quote)) i += bytes[i] === quote ? 2 : 1
          if (i >= end) return "unclosed quote"
        } else while (i < end && bytes[i] !== space && bytes[i] !== tab) i++
        if (count < this.starts.length) {
          this.starts[count] = from
          this.ends[count] = i
        }
        count++
        if (isQuoted) i++
      }
    }
    return count === tokens.length ? undefined : `expected ${tokens.length} fields, found ${count}`
  }

  read(field: number): boolean {
    const origin = this.origins[field]
    if (typeof origin === "number") return this.token(origin)
    const text = origin.kind === "time" ? this.time(origin.date, origin.time) : this.path(origin.stem, origin.query)
    if (text === "") return false
    this.set(text)
    return true
  }

  private time(dateToken: number, timeToken: number): string {
    const date = dateToken < 0 ? this.date : this.text(dateToken)
    const time = this.text(timeToken)
    return date === "" && time === "" ? "" : `${date}T${time}Z`
  }

  private path(stemToken: number, queryToken: number): string {
    const query = this.text(queryToken)
    return this.text(stemToken) + (query === "" ? "" : `?${query}`)
  }

  private set(text: string): void {
    this.value = encoder.encode(text)
    this.valueStart = 0
    this.valueEnd = this.value.length
  }

  private token(index: number): boolean {
    const { bytes } = this
    const start = this.starts[index]
    const end = this.ends[index]
    if (end === start || (end - start === 1 && bytes[start] === hyphen && !this.keepsHyphen(index))) return false
    this.value = bytes
    this.valueStart = start
    this.valueEnd = end
    if (bytes[start - 1] === quote) {
      const text = decoder.decode(bytes.subarray(start, end))
      if (text.includes('""')) this.set(text.replaceAll('""', '"'))
    }
    return true
  }

  /** No agent is still what a visitor is told apart by, so it stays as it is written. */
  private keepsHyphen(index: number): boolean {
    return this.tokens?.[index].toLowerCase() === "cs(user-agent)"
  }

  private text(index: number): string {
    return this.token(index) ? decoder.decode(this.value.subarray(this.valueStart, this.valueEnd)) : ""
  }

  private setFields(tokens: ReadonlyArray<string>): void {
    const fields = new Map<string, Origin>()
    const place = (name: string) => tokens.indexOf(name)
    const [date, time, stem, query] = ["date", "time", "cs-uri-stem", "cs-uri-query"].map(place)
    tokens.forEach((token, index) => {
      if (index === time) fields.set("time", { kind: "time", date, time })
      else if (index === stem) fields.set("path", query < 0 ? stem : { kind: "path", stem, query })
      else if ((index !== date || time < 0) && (index !== query || stem < 0)) {
        fields.set(known[token.toLowerCase()] ?? token, index)
      }
    })
    if (tokens.length > this.starts.length) {
      this.starts = new Int32Array(tokens.length)
      this.ends = new Int32Array(tokens.length)
    }
    this.tokens = tokens
    this.names = [...fields.keys()]
    this.origins = [...fields.values()]
  }
}
