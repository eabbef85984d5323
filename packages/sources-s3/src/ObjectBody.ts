import { GetObjectCommand } from "@aws-sdk/client-s3"
import * as Effect from "effect/Effect"
import type { S3Connection } from "./S3Connection.ts"
import { S3Failure, s3Failure } from "./S3Failure.ts"
import { etagOf, type S3Uri, versionOf } from "./S3Uri.ts"

/** In Node a Readable, elsewhere a ReadableStream; both can be iterated. */
type Body = AsyncIterable<Uint8Array> & { readonly destroy?: () => void; readonly cancel?: () => Promise<void> }

/** The bytes of one answer. */
export class ObjectBody {
  /** Of the object; empty if the server has none. */
  readonly version: string
  private readonly body: Body
  private readonly chunks: AsyncIterator<Uint8Array>

  private constructor(body: Body, version: string) {
    this.body = body
    this.version = version
    this.chunks = body[Symbol.asyncIterator]()
  }

  /** Asks, once, for bytes `from` to `to` (excluded) of the object as it was at `version`. An empty range asks for all. */
  static open(
    connection: S3Connection,
    { bucket, key }: S3Uri,
    version: string,
    from: number,
    to: number
  ): Effect.Effect<ObjectBody, S3Failure> {
    const command = new GetObjectCommand({
      Bucket: bucket,
      Key: key,
      ...(version === "" ? {} : { IfMatch: etagOf(version) }),
      ...(to > from ? { Range: `bytes=${from}-${to - 1}` } : {})
    })
    return connection
      .once((client, options) => client.send(command, options))
      .pipe(
        Effect.flatMap(({ Body, ContentRange, ETag = "" }) => {
          const body = new ObjectBody(Body as unknown as Body, versionOf(ETag))
          const problem =
            version === "" || body.version === version
              ? to > from && ContentRange?.startsWith(`bytes ${from}-`) !== true
                ? new S3Failure({ code: "NotImplemented", status: 501, said: "no ranges" })
                : undefined
              : // Some servers ignore the condition.
                new S3Failure({ code: "PreconditionFailed", status: 412, said: "" })
          if (problem === undefined) return Effect.succeed(body)
          body.close()
          return Effect.fail(problem)
        })
      )
  }

  /** The next chunk, undefined after the last one. */
  get next(): Effect.Effect<Uint8Array | undefined, S3Failure> {
    return Effect.tryPromise({
      try: async () => {
        const { done, value } = await this.chunks.next()
        return done === true ? undefined : value
      },
      catch: s3Failure
    })
  }

  /** Ends the connection if there is more to come; a pending read ends, too. */
  close(): void {
    if (this.body.destroy) this.body.destroy()
    else this.body.cancel?.().catch(() => undefined)
  }
}
