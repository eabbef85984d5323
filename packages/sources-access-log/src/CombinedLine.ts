import { grown } from "@sojourn/core"
import { hyphen, indexOf, type LogLine, quote, space } from "./LogLine.ts"

const backslash = 0x5c
const opening = 0x5b
const closing = 0x5d

/** In the order of the line; the fields of a Common Log Format line end with `bytes`. */
const names = [
  "address",
  "ident",
  "auth",
  "time",
  "request",
  "method",
  "path",
  "protocol",
  "status",
  "bytes",
  "referrer",
  "user_agent",
  "rest"
] as const

const field = (name: (typeof names)[number]): number => names.indexOf(name)
const address = field("address")
const ident = field("ident")
const auth = field("auth")
const time = field("time")
const request = field("request")
const method = field("method")
const path = field("path")
const protocol = field("protocol")
const status = field("status")
const bytesSent = field("bytes")
const referrer = field("referrer")
const userAgent = field("user_agent")
const rest = field("rest")
const commonFields = referrer
const combinedFields = rest

/**
 * A line of the Common Log Format, `address ident auth [time] "request" status bytes`, or of the Combined one, which
 * adds `"referrer" "user agent"`. What a server writes after those is `rest`. As Apache documents in mod_log_config.
 */
export class CombinedLine implements LogLine {
  names: ReadonlyArray<string> = []
  value: Uint8Array = new Uint8Array(0)
  valueStart = 0
  valueEnd = 0
  private bytes = this.value
  private readonly starts = new Int32Array(names.length)
  private readonly ends = new Int32Array(names.length)
  private readonly isoTime = new Uint8Array("2015-05-17T10:05:03+00:00".length)
  private unescaped = new Uint8Array(256)
  private at = 0
  private stop = 0

  scan(bytes: Uint8Array, start: number, end: number): string | undefined {
    this.bytes = bytes
    this.at = start
    this.stop = end
    this.starts.fill(-1)
    if (!this.word(address) || !this.word(ident)) return "expected address, ident and user"
    // A user's name may hold blanks.
    const bracket = indexOf(bytes, opening, this.at, end)
    if (bracket === end || bracket === this.at || bytes[bracket - 1] !== space) return "expected [time] after the user"
    this.set(auth, this.at, bracket - 1)
    const close = indexOf(bytes, closing, bracket, end)
    if (close === end) return "expected ] after the time"
    this.set(time, bracket + 1, close)
    this.at = close + 1
    if (!this.quoted(request)) return 'expected "request" after the time'
    this.splitRequest()
    if (!this.blank() || !this.word(status) || !this.word(bytesSent))
      return "expected status and bytes after the request"
    if (this.at === end) return this.found(commonFields)
    this.at--
    if (!this.quoted(referrer)) return 'expected "referrer" after the bytes'
    if (!this.quoted(userAgent)) return 'expected "user agent" after the referrer'
    if (this.at === end) return this.found(combinedFields)
    if (!this.blank()) return "expected a blank after the user agent"
    this.set(rest, this.at, end)
    return this.found(names.length)
  }

  read(field: number): boolean {
    const { bytes, ends, starts } = this
    const start = starts[field]
    if (start < 0) return false
    this.value = bytes
    this.valueStart = start
    this.valueEnd = ends[field]
    // No agent is still what a visitor is told apart by, so it stays as it is written.
    const isHyphen = this.valueEnd - start === 1 && bytes[start] === hyphen
    if ((isHyphen && field !== userAgent) || this.valueEnd === start) return false
    if (field === time) this.readTime()
    else if (field === request || field === path || field >= referrer) this.unescape()
    return true
  }

  private found(count: number): undefined {
    if (count > this.names.length) this.names = names.slice(0, count)
  }

  private set(field: number, start: number, end: number): void {
    this.starts[field] = start
    this.ends[field] = end
  }

  /** A field that ends at a blank, which is passed over, or with the line. */
  private word(field: number): boolean {
    const end = indexOf(this.bytes, space, this.at, this.stop)
    if (end === this.at) return false
    this.set(field, this.at, end)
    this.at = Math.min(end + 1, this.stop)
    return true
  }

  private blank(): boolean {
    if (this.at === this.stop || this.bytes[this.at] !== space) return false
    this.at++
    return this.at < this.stop
  }

  /** A blank and a field in quotes; quotes inside it are written `\"`. */
  private quoted(field: number): boolean {
    const { bytes, stop } = this
    if (!this.blank() || bytes[this.at] !== quote) return false
    const start = this.at + 1
    let i = start
    while (i < stop && bytes[i] !== quote) i += bytes[i] === backslash ? 2 : 1
    if (i >= stop) return false
    this.set(field, start, i)
    this.at = i + 1
    return true
  }

  /** `GET /path HTTP/1.1`; whatever else a client sent has none of the three. */
  private splitRequest(): void {
    const { bytes } = this
    const start = this.starts[request]
    const end = this.ends[request]
    const first = indexOf(bytes, space, start, end)
    let last = end - 1
    while (last > first && bytes[last] !== space) last--
    const isHttp = "HTTP/".split("").every((letter, i) => bytes[last + 1 + i] === letter.charCodeAt(0))
    if (first === start || last <= first || !isHttp) return
    this.set(method, start, first)
    this.set(path, first + 1, last)
    this.set(protocol, last + 1, end)
  }

  /** `17/May/2015:10:05:03 +0000` as `2015-05-17T10:05:03+00:00`; anything else stays as it is. */
  private readTime(): void {
    const { isoTime: iso, value, valueEnd, valueStart: at } = this
    if (valueEnd - at !== 26) return
    const month = months.indexOf(String.fromCharCode(value[at + 3], value[at + 4], value[at + 5]))
    const isShaped = [...separators].every(([place, byte]) => value[at + place] === byte)
    if (month < 0 || !isShaped) return
    iso.set(template)
    iso.set(value.subarray(at + 7, at + 11), 0)
    iso[5] = 0x30 + Math.floor((month + 1) / 10)
    iso[6] = 0x30 + ((month + 1) % 10)
    iso.set(value.subarray(at, at + 2), 8)
    iso.set(value.subarray(at + 12, at + 20), 11)
    iso.set(value.subarray(at + 21, at + 24), 19)
    iso.set(value.subarray(at + 24, at + 26), 23)
    this.value = iso
    this.valueStart = 0
    this.valueEnd = iso.length
  }

  /** `\"` and `\\` stand for a quote and a backslash; other escapes, such as `\x16`, stay as they are written. */
  private unescape(): void {
    const { bytes, valueEnd, valueStart } = this
    if (indexOf(bytes, backslash, valueStart, valueEnd) === valueEnd) return
    if (valueEnd - valueStart > this.unescaped.length) this.unescaped = grown(this.unescaped, valueEnd - valueStart)
    let length = 0
    for (let i = valueStart; i < valueEnd; i++) {
      const isEscaped = bytes[i] === backslash && (bytes[i + 1] === quote || bytes[i + 1] === backslash)
      if (isEscaped && i + 1 < valueEnd) i++
      this.unescaped[length++] = bytes[i]
    }
    this.value = this.unescaped
    this.valueStart = 0
    this.valueEnd = length
  }
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
const encoder = new TextEncoder()
const template = encoder.encode("0000-00-00T00:00:00+00:00")
/** Where `17/May/2015:10:05:03 +0000` has what between its parts. */
const separators = new Map([
  [2, 0x2f],
  [6, 0x2f],
  [11, 0x3a],
  [14, 0x3a],
  [17, 0x3a],
  [20, space]
])
