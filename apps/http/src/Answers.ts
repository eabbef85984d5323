import { BadRequest } from "@sojourn/client"
import * as ByteSize from "effect/ByteSize"
import * as Cause from "effect/Cause"
import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpIncomingMessage from "effect/http/HttpIncomingMessage"
import * as HttpServerError from "effect/http/HttpServerError"
import * as HttpServerRequest from "effect/http/HttpServerRequest"
import * as HttpServerRespondable from "effect/http/HttpServerRespondable"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as ProblemDetails from "effect/http/ProblemDetails"
import { STATUS_CODES } from "node:http"
import { mostBody, refuse, tooLargeBody } from "./Guard.ts"
import { countRequest } from "./Metrics.ts"
import type { ServerOptions } from "./Options.ts"

type Response = HttpServerResponse.HttpServerResponse

/** Answers requests: refuses what is not allowed, says every failure as problem details, and adds what browsers heed. */
export const answering =
  (options: ServerOptions) =>
  <E, R>(app: Effect.Effect<Response, E, R>): Effect.Effect<Response, E, R | HttpServerRequest.HttpServerRequest> =>
    Effect.gen(function* () {
      const request = yield* HttpServerRequest.HttpServerRequest
      const refused = refuse(request, options)
      const started = yield* Clock.currentTimeMillis
      const most = mostBody(request, options.limits)
      const response = yield* (
        refused ??
        app.pipe(
          Effect.provideService(HttpIncomingMessage.MaxBodySize, ByteSize.bytes(most)),
          Effect.catchCause((cause) => failed(cause, most))
        )
      )
      const answer = secured(request, asProblem(response))
      yield* countRequest(request.method, answer.status, (yield* Clock.currentTimeMillis) - started)
      return answer
    })

/** A failure that no handler has turned into a problem: of the body, or a defect. */
const failed = <E>(cause: Cause.Cause<E>, mostBytes: number): Effect.Effect<Response, E> => {
  // The client is gone.
  if (Cause.hasInterruptsOnly(cause)) return Effect.failCause(cause)
  const error: unknown = Cause.squash(cause)
  if (isParseError(error)) {
    return HttpServerRespondable.toResponse(
      error.reason.reason === "BodyTooLarge" ? tooLargeBody(mostBytes) : brokenBody
    )
  }
  return Effect.flatMap(HttpServerError.causeResponse(cause), ([response]) =>
    response.status < 500 ? Effect.succeed(response) : Effect.as(Effect.logError(cause), response)
  )
}

const isParseError = (
  error: unknown
): error is HttpServerError.HttpServerError & { readonly reason: HttpServerError.RequestParseError } =>
  error instanceof HttpServerError.HttpServerError && error.reason._tag === "RequestParseError"

const brokenBody = new BadRequest({ code: "body", detail: "the body of the request is not complete" })

/** What an error is answered with: always problem details. */
const asProblem = (response: Response): Response => {
  const { headers, status } = response
  if (status < 400 || headers["content-type"]?.startsWith(ProblemDetails.contentType)) return response
  const title = STATUS_CODES[status] ?? "Error"
  const detail = details[status]
  return HttpServerResponse.jsonUnsafe(
    { type: ProblemDetails.blankType, title, status, ...(detail === undefined ? {} : { detail }) },
    {
      status,
      headers: headers.connection === undefined ? {} : { connection: headers.connection },
      contentType: ProblemDetails.contentType
    }
  )
}

const details: Readonly<Record<number, string>> = {
  404: "there is nothing at this path; /docs says what there is",
  415: "the body is of a type that is not read here; /docs says which are",
  500: "a defect in Sojourn; the server's log says more"
}

const everywhere = {
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "no-referrer",
  "cross-origin-opener-policy": "same-origin",
  "cross-origin-resource-policy": "same-origin"
}

/** The page computes in WebAssembly and in workers, and talks to nobody else. */
const pagePolicy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "worker-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join("; ")

/** The reference is one document with its scripts inside. */
const referencePolicy =
  "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data: blob:; font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

const secured = ({ url }: HttpServerRequest.HttpServerRequest, response: Response): Response => {
  const isData = url.startsWith("/v1/")
  return HttpServerResponse.setHeaders(response, {
    ...everywhere,
    "content-security-policy": url.startsWith("/docs") ? referencePolicy : pagePolicy,
    ...(isData ? { "cache-control": "no-store" } : {})
  })
}
