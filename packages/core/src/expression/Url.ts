/** The parts of a URL, absolute or relative. Anything can be split: nothing here is an error. */
export interface UrlParts {
  /** In lower case, without user and port; undefined in a relative URL. */
  readonly host: string | undefined
  /** As it is written; `/` where an absolute URL has none. */
  readonly path: string
  /** What stands between `?` and `#`. */
  readonly query: string
}

const form = /^\s*(?:([a-z][a-z\d+.-]*):)?(\/\/[^/?#\\]*)?([^?#]*)(?:\?([^#]*))?/i

export const urlParts = (url: string): UrlParts => {
  const match = form.exec(url.trimEnd()) as RegExpExecArray
  const authority = match[2]
  const path = match[3]
  const query = match[4] ?? ""
  if (authority === undefined) return { host: undefined, path, query }
  const server = authority.slice(authority.lastIndexOf("@") + 1).replace(/^\/\//, "")
  const host = server.replace(/:\d*$/, "").toLowerCase()
  return { host: host === "" ? undefined : host, path: path === "" ? "/" : path, query }
}

/** The value of the first parameter of a name, decoded; undefined if there is none. */
export const urlParam = (url: string, name: string): string | undefined => {
  for (const pair of urlParts(url).query.split("&")) {
    if (pair === "") continue
    const equals = pair.indexOf("=")
    const key = equals < 0 ? pair : pair.slice(0, equals)
    if (key === name || unescaped(key) === name) return equals < 0 ? "" : unescaped(pair.slice(equals + 1))
  }
  return undefined
}

const decoder = new TextDecoder()

/** `+` is a blank, `%41` a byte of UTF-8; a `%` that is no escape stands for itself. */
const unescaped = (text: string): string =>
  text.replaceAll("+", " ").replace(/(?:%[\da-f]{2})+/gi, (escapes) => {
    const bytes = escapes.slice(1).split("%")
    return decoder.decode(Uint8Array.from(bytes, (byte) => Number.parseInt(byte, 16)))
  })
