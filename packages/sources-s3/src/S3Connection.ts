import { type S3ClientConfig, S3Client } from "@aws-sdk/client-s3"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import { type S3Failure, s3Failure } from "./S3Failure.ts"
import type { S3Options } from "./S3Options.ts"

/** One request to S3. The signal ends it early. */
export type S3Request<A> = (client: S3Client, options: { readonly abortSignal: AbortSignal }) => Promise<A>

/** What an app may want otherwise than its users. */
export interface S3Settings {
  /** Instead of the chain: environment, shared files, web identity, container, instance. */
  readonly credentials?: NonNullable<S3ClientConfig["credentials"]>
  /** How often a request is tried in all; default: 6. */
  readonly attempts?: number
  /** Pause before the second attempt, doubled for each further one, up to 10 s; default: 200 ms. */
  readonly firstPause?: Duration.Input
  /** A connection on which nothing moved for so long is given up, and taken up anew; default: 60 s. */
  readonly silence?: Duration.Input
}

export interface S3Connection {
  readonly options: S3Options
  readonly attempts: number
  /** Tries a request once. */
  readonly once: <A>(request: S3Request<A>) => Effect.Effect<A, S3Failure>
  /** Tries it again, after pauses, while it fails for reasons that pass. */
  readonly request: <A>(request: S3Request<A>) => Effect.Effect<A, S3Failure>
  /** Buckets that are known to be there: what is missing in them is the file. */
  readonly buckets: Set<string>
  /** Waits before the attempt after the `failures`-th failure. */
  readonly pause: (failures: number) => Effect.Effect<void>
}

const longestPauseMs = 10_000

/** Connects lazily: credentials and region are looked for when the first request is made. */
export const connectS3 = (
  options: S3Options,
  { attempts = 6, credentials, firstPause = "200 millis", silence = "1 minute" }: S3Settings = {}
): Effect.Effect<S3Connection, never, Scope.Scope> =>
  Effect.gen(function* () {
    const client = yield* Effect.acquireRelease(
      Effect.sync(() => new S3Client(clientConfig(options, credentials, Duration.toMillis(silence)))),
      (client) => Effect.sync(() => client.destroy())
    )
    const once = <A>(request: S3Request<A>) =>
      Effect.tryPromise({ try: (abortSignal) => request(client, { abortSignal }), catch: s3Failure })
    const pause = (failures: number) =>
      Effect.flatMap(Random.nextBetween(0.8, 1.2), (jitter) =>
        Effect.sleep(Math.min(Duration.toMillis(firstPause) * 2 ** (failures - 1), longestPauseMs) * jitter)
      )
    const request = <A>(asked: S3Request<A>, failures = 0): Effect.Effect<A, S3Failure> =>
      once(asked).pipe(
        Effect.catchIf(
          ({ passing }) => passing && failures + 1 < attempts,
          () => Effect.andThen(pause(failures + 1), request(asked, failures + 1))
        )
      )
    return { options, attempts, once, request: (asked) => request(asked), buckets: new Set<string>(), pause }
  })

const silent = () => undefined

const clientConfig = (
  { endpoint, path_style, profile, region }: S3Options,
  credentials: S3Settings["credentials"],
  socketTimeout: number
): S3ClientConfig => {
  const asked = { ...(profile === undefined ? {} : { profile }), ...(credentials === undefined ? {} : { credentials }) }
  // As the command `aws` does. A bucket that is elsewhere is an error that says where.
  const found = () => new S3Client(asked).config.region().catch(() => "us-east-1")
  return {
    ...asked,
    region: region ?? found,
    ...(endpoint === undefined ? {} : { endpoint }),
    forcePathStyle: path_style ?? endpoint !== undefined,
    // Retries are the connection's: one budget, and reads go on where they were cut.
    maxAttempts: 1,
    // Bodies are signed by their SHA-256, which every server knows; checksums in trailers are news to many.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    // What is to be said is said by errors; the SDK would write to the console.
    logger: { debug: silent, info: silent, warn: silent, error: silent },
    requestHandler: { connectionTimeout: 10_000, socketTimeout }
  }
}
