import * as Data from "effect/Data"

/**
 * What went wrong with one request. It holds what is needed to decide and to explain, and not the error of the SDK: that
 * one refers to the request, and so to its signature and session token.
 */
export class S3Failure extends Data.TaggedError("S3Failure")<{
  /** Code of S3 (`NoSuchKey`), of Node (`ECONNRESET`) or name of the error. */
  readonly code: string
  /** HTTP status; 0 if there was no answer. */
  readonly status: number
  /** In the words of the server. */
  readonly said: string
  /** Where the bucket is, if the server told. */
  readonly region?: string
  readonly requestId?: string
}> {
  /** Whether the same request may succeed a moment later. */
  get passing(): boolean {
    return (
      passingCodes.has(this.code) ||
      this.status === 429 ||
      (this.status >= 500 && this.status !== 501 && this.status !== 505)
    )
  }

  /** Whether the server wants fewer requests. */
  get limited(): boolean {
    return this.status === 429 || limitCodes.has(this.code)
  }

  /** Whether no answer came. */
  get unreachable(): boolean {
    return this.status === 0 && passingCodes.has(this.code)
  }

  /** Whether a condition of the request (If-Match, If-None-Match) did not hold. */
  get refused(): boolean {
    return this.status === 412 || this.code === "PreconditionFailed"
  }
}

const limitCodes = new Set([
  "SlowDown",
  "Throttling",
  "ThrottlingException",
  "RequestLimitExceeded",
  "BandwidthLimitExceeded"
])

const passingCodes = new Set([
  ...limitCodes,
  "InternalError",
  "ServiceUnavailable",
  // The server saw the upload stall; it answers 400.
  "RequestTimeout",
  // The SDK corrects its clock by the answer.
  "RequestTimeTooSkewed",
  "ConditionalRequestConflict",
  "OperationAborted",
  "BodyCut",
  "ECONNRESET",
  "ECONNREFUSED",
  "ECONNABORTED",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
  "ERR_STREAM_PREMATURE_CLOSE",
  "UND_ERR_SOCKET",
  "TimeoutError"
])

/** A connection that ended before all bytes came. */
export const bodyCut = (received: number, expected: number): S3Failure =>
  new S3Failure({ code: "BodyCut", status: 0, said: `${received} of ${expected} bytes came` })

/** An answer without what every answer of its kind has. For the SDK, one that ended before its body is whole and empty. */
export const answerCut = (): S3Failure => new S3Failure({ code: "BodyCut", status: 0, said: "the answer was cut" })

interface SdkError {
  readonly name?: string
  readonly code?: string
  readonly Code?: string
  readonly message?: string
  readonly Region?: string
  readonly errors?: ReadonlyArray<SdkError>
  readonly cause?: SdkError
  readonly $metadata?: { readonly httpStatusCode?: number; readonly requestId?: string }
  readonly $response?: { readonly statusCode?: number; readonly headers?: Readonly<Record<string, string>> }
}

/** What the SDK, or the body of an answer, threw. */
export const s3Failure = (thrown: unknown): S3Failure => {
  if (thrown instanceof S3Failure) return thrown
  const error = (thrown ?? {}) as SdkError
  const { $metadata, $response, name = "Error" } = error
  const status = $metadata?.httpStatusCode ?? $response?.statusCode ?? 0
  // A good answer that cannot be read was cut: errors of S3 have names of their own.
  if (status >= 200 && status < 300 && (name === "Error" || name === "SyntaxError")) return answerCut()
  const region = error.Region ?? $response?.headers?.["x-amz-bucket-region"]
  // Several addresses of one host that all failed come together; the first one tells why.
  const system = error.code ?? error.errors?.[0]?.code ?? error.cause?.code
  return new S3Failure({
    code: (status === 0 ? system : undefined) ?? error.Code ?? name,
    status,
    said: (error.message ?? "").replace(/\s+/g, " ").slice(0, 300),
    ...(region === undefined ? {} : { region }),
    ...($metadata?.requestId === undefined ? {} : { requestId: $metadata.requestId })
  })
}
