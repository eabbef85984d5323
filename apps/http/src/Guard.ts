import { Forbidden, TooLarge, Unauthorized } from "@sojourn/client"
import * as Effect from "effect/Effect"
import type * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerRespondable from "effect/http/HttpServerRespondable"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Redacted from "effect/Redacted"
import { createHash, timingSafeEqual } from "node:crypto"
import { isIP } from "node:net"
import type { Limits, ServerOptions } from "./Options.ts"

type Request = HttpServerRequest.HttpServerRequest
type Response = HttpServerResponse.HttpServerResponse
type Options = Pick<ServerOptions, "hostNames" | "token" | "limits">

/** Paths that tell nothing and need no token: what watches a process asks them. */
const open = new Set(["/health", "/ready"])

const cookie = "sojourn_token"

/** What a request is answered with before it is looked at any closer; undefined if nothing speaks against it. */
export const refuse = (request: Request, options: Options): Effect.Effect<Response> | undefined => {
  const problem = wrongHost(request, options) ?? wrongOrigin(request) ?? wrongSize(request, options)
  if (problem !== undefined) return HttpServerRespondable.toResponse(problem)
  if (options.token === undefined) return undefined
  const url = new URL(request.url, "http://server")
  if (open.has(url.pathname)) return undefined
  const digest = digestOf(Redacted.value(options.token))
  const given = url.searchParams.get("token")
  if (given !== null && request.method === "GET" && isSame(digestOf(given), digest)) return signIn(url, digest)
  const [, bearer] = /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? "") ?? []
  if (bearer !== undefined && isSame(digestOf(bearer), digest)) return undefined
  if (isSame(request.cookies[cookie] ?? "", digest)) return undefined
  return HttpServerRespondable.toResponse(needsToken)
}

/** A page of another site could reach this server under a name of its own: names that DNS decides must be known. */
const wrongHost = ({ headers }: Request, { hostNames }: Options): Forbidden | undefined => {
  const host = hostName(headers.host ?? "")
  if (host === "localhost" || isIP(host) > 0 || hostNames.includes(host)) return undefined
  return new Forbidden({
    code: "host",
    detail: `the server is not known as "${host.slice(0, 100)}"`,
    hint: "use its address, or start it with --host-name NAME"
  })
}

/** The name or address in `name:port`, without the brackets of an IPv6 address. */
const hostName = (host: string): string =>
  host
    .replace(/:\d*$/, "")
    .replace(/^\[(.*)\]$/, "$1")
    .toLowerCase()

/** What a browser sends for a page of another site. */
const wrongOrigin = ({ headers, method }: Request): Forbidden | undefined => {
  const { host, origin } = headers
  const isOwn = origin === undefined || origin === `http://${host}` || origin === `https://${host}`
  const isOther = headers["sec-fetch-site"] === "cross-site" && method !== "GET"
  if (isOwn && !isOther) return undefined
  return new Forbidden({ code: "origin", detail: "requests from pages of other sites are not answered" })
}

/** Uploads have limits of their own. */
const wrongSize = (request: Request, { limits }: Options): TooLarge | undefined => {
  const { headers, method, url } = request
  const isUpload = method === "POST" && /^\/v1\/uploads\/?(?:\?|$)/.test(url)
  const most = mostBody(request, limits)
  return isUpload || !(Number(headers["content-length"]) > most) ? undefined : tooLargeBody(most)
}

/** Bytes that the body of a request may have, other than that of an upload. */
export const mostBody = ({ url }: Request, { batchBytes, requestBytes }: Limits): number =>
  /^\/v1\/events\/?(?:\?|$)/.test(url) ? batchBytes : requestBytes

/** A body that is too large, other than an upload. */
export const tooLargeBody = (most: number): TooLarge =>
  new TooLarge({
    code: "body",
    detail: `the body has more than ${most.toLocaleString("en")} bytes`,
    hint: "send it in several requests",
    limit: most
  })

const digestOf = (text: string): string => createHash("sha256").update(text).digest("hex")

const isSame = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b))

/** Keeps the token for the page, where scripts cannot read it, and takes it out of the address. */
const signIn = (url: URL, digest: string): Effect.Effect<Response> => {
  url.searchParams.delete("token")
  // One slash: two would be the beginning of a host.
  const place = `${url.pathname.replace(/^\/+/, "/")}${url.search}`
  return Effect.succeed(
    HttpServerResponse.empty({
      status: 303,
      headers: { location: place, "set-cookie": `${cookie}=${digest}; Path=/; HttpOnly; SameSite=Strict` }
    })
  )
}

const needsToken = new Unauthorized({
  code: "token",
  detail: "this server needs a token",
  hint: "send it as Authorization: Bearer TOKEN, or open /?token=TOKEN in a browser"
})
