import { PluginError, type PreparedFile, type StagedFile } from "@sojourn/core"
import { explain, headObject, printS3Uri, type S3Connection, type S3Failure, type S3Uri } from "@sojourn/sources-s3"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as Random from "effect/Random"
import type * as Scope from "effect/Scope"
import * as Semaphore from "effect/Semaphore"
import { abortUpload, beginUpload, type MultipartUpload, sweepUploads } from "./MultipartUpload.ts"
import { maxParts, PartBuffer, partBytes } from "./PartBuffer.ts"
import { printToken } from "./S3Token.ts"

/** Files of up to so many bytes wait in their token and are put with one request. */
export const smallBytes = 16_384

/** Parts on their way at once; one more is being filled. */
const partsAtOnce = 4

/** Begins a file at a place. What is in place there now is what the commit may replace. */
export const stageObject = (connection: S3Connection, at: S3Uri): Effect.Effect<StagedFile, PluginError, Scope.Scope> =>
  Effect.gen(function* () {
    const scope = yield* Effect.scope
    const problem = (failure: S3Failure) => uploadProblem(failure, at, connection)
    const before = yield* Effect.mapError(headObject(connection, at), problem)
    const id = yield* commitId
    const buffer = new PartBuffer()
    const slots = yield* Semaphore.make(partsAtOnce)
    const parts: Array<Fiber.Fiber<string, S3Failure>> = []
    let upload: MultipartUpload | undefined
    let failed: S3Failure | undefined
    let prepared = false

    // Closing the scope ends the parts that are on their way first: they were added to it later.
    yield* Effect.addFinalizer(() =>
      upload && !prepared ? Effect.ignore(abortUpload(connection, at, upload.id)) : Effect.void
    )

    const begin = Effect.gen(function* () {
      upload = yield* beginUpload(connection, at, id)
      yield* sweepUploads(connection, at, upload.id)
      return upload
      // An upload that nobody knows could not be aborted.
    }).pipe(Effect.uninterruptible)

    const send = (bytes: Uint8Array): Effect.Effect<void, PluginError> =>
      Effect.gen(function* () {
        const { put } = upload ?? (yield* Effect.mapError(begin, problem))
        if (parts.length === maxParts) return yield* tooBig(at)
        yield* slots.take(1)
        if (failed) {
          yield* slots.release(1)
          return yield* problem(failed)
        }
        const number = parts.length + 1
        const sent = put(number, bytes).pipe(
          Effect.tapError((failure) => Effect.sync(() => (failed ??= failure))),
          Effect.ensuring(slots.release(1))
        )
        parts.push(yield* Effect.forkIn(sent, scope))
      })

    return {
      write: (bytes) =>
        Effect.gen(function* () {
          buffer.push(bytes)
          while (buffer.length >= partBytes(parts.length)) yield* send(buffer.take(partBytes(parts.length)))
        }),
      prepare: Effect.gen(function* () {
        const uri = printS3Uri(at)
        const replaces = before?.version ?? null
        if (parts.length === 0 && buffer.length <= smallBytes) {
          const bytes = buffer.take(buffer.length)
          return printToken(uri, { id, replaces, content: { kind: "bytes", bytes } })
        }
        if (buffer.length > 0) yield* send(buffer.take(buffer.length))
        const etags = yield* Effect.mapError(
          Effect.forEach(parts, (part) => Fiber.join(part)),
          problem
        )
        prepared = true
        return printToken(uri, { id, replaces, content: { kind: "parts", upload: upload?.id ?? "", etags } })
      }) satisfies Effect.Effect<PreparedFile, PluginError>
    }
  })

const commitId = Effect.map(
  Effect.forEach([1, 2, 3, 4], () => Random.nextIntBetween(0, 0xffffffff)),
  (numbers) => numbers.map((number) => number.toString(16).padStart(8, "0")).join("")
)

const uploadProblem = (failure: S3Failure, at: S3Uri, connection: S3Connection): PluginError =>
  failure.code === "NoSuchUpload"
    ? new PluginError({
        plugin: "s3",
        reason: "Conflict",
        message: `cannot write ${printS3Uri(at)}: its upload was removed before it was complete`,
        hint: "A lifecycle rule of the bucket, or another program, aborts uploads. Run again."
      })
    : explain(failure, "write", at, connection)

const tooBig = (at: S3Uri) =>
  new PluginError({
    plugin: "s3",
    reason: "Unsupported",
    message: `cannot write ${printS3Uri(at)}: it is over 350 GiB`,
    hint: "Partition the output, so that there are more and smaller files."
  })
