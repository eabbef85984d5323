import { NotFound, TooLarge, BadRequest, Unavailable, type Upload } from "@sojourn/client"
import type { InputFile } from "@sojourn/node"
import * as Clock from "effect/Clock"
import * as Context from "effect/Context"
import * as DateTime from "effect/DateTime"
import * as Effect from "effect/Effect"
import type * as Multipart from "effect/http/Multipart"
import * as Layer from "effect/Layer"
import * as Stream from "effect/Stream"
import { randomBytes } from "node:crypto"
import { mkdir, open, readdir, readFile, rm } from "node:fs/promises"
import { join } from "node:path"
import { DataDirectory, replaceFile } from "./DataDirectory.ts"
import { countUpload } from "./Metrics.ts"
import type { Limits } from "./Options.ts"

export type UploadFailure = BadRequest | TooLarge | Unavailable

/** The files that were sent, on disk as `0`, `1`, … beside `upload.json`, which comes last: without it nothing counts. */
export class Uploads extends Context.Service<
  Uploads,
  {
    readonly create: (
      parts: Stream.Stream<Multipart.Part, Multipart.MultipartError>
    ) => Effect.Effect<Upload, UploadFailure>
    readonly list: Effect.Effect<ReadonlyArray<Upload>>
    readonly get: (id: string) => Effect.Effect<Upload, NotFound>
    readonly delete: (id: string) => Effect.Effect<void, NotFound>
    /** The files as inputs of a run: shown by their names, bounded in what they unpack to. */
    readonly files: (upload: Upload) => ReadonlyArray<InputFile>
  }
>()("@sojourn/http/Uploads") {
  static readonly layer = (limits: Limits): Layer.Layer<Uploads, never, DataDirectory> =>
    Layer.effect(
      Uploads,
      Effect.gen(function* () {
        const { uploads: root } = yield* DataDirectory
        const known = yield* Effect.promise(() => readUploads(root))

        const create = Effect.fn("Uploads.create")(function* (
          parts: Stream.Stream<Multipart.Part, Multipart.MultipartError>
        ) {
          const id = randomBytes(16).toString("hex")
          const directory = join(root, id)
          const now = yield* Clock.currentTimeMillis
          yield* Effect.promise(() => mkdir(directory))
          const receiving = new Receiving(directory, limits, now)
          yield* Stream.runForEach(parts, (part) => receiving.take(part)).pipe(
            Effect.mapError(multipartProblem(limits)),
            Effect.andThen(receiving.checkComplete),
            Effect.onError(() => Effect.promise(() => rm(directory, { recursive: true, force: true })))
          )
          const { bytes, files } = receiving
          const upload: Upload = { id, created: DateTime.formatIso(DateTime.makeUnsafe(now)), files, bytes }
          yield* Effect.promise(() => replaceFile(join(directory, "upload.json"), JSON.stringify(upload)))
          known.set(id, upload)
          yield* countUpload(bytes)
          return upload
        })

        const get = (id: string) => {
          const upload = known.get(id)
          return upload === undefined ? Effect.fail(noUpload(id)) : Effect.succeed(upload)
        }

        return Uploads.of({
          create,
          list: Effect.sync(() => [...known.values()].reverse()),
          get,
          delete: (id) =>
            Effect.flatMap(get(id), () => {
              known.delete(id)
              return Effect.promise(() => rm(join(root, id), { recursive: true, force: true }))
            }),
          files: ({ files, id }) =>
            files.map(({ bytes, name }, i) => ({
              path: name,
              at: join(root, id, String(i)),
              bytes,
              mostUnpacked: mostUnpacked(bytes, limits)
            }))
        })
      })
    )
}

const noUpload = (id: string) => new NotFound({ code: "upload", detail: `there is no upload ${id}` })

/** What is small may unpack to more than the ratio says. */
const alwaysUnpacked = 10 * 2 ** 20

const mostUnpacked = (bytes: number, { unpackedBytes, unpackedRatio }: Limits): number =>
  Math.min(unpackedBytes, Math.max(alwaysUnpacked, bytes * unpackedRatio))

/** The uploads that are complete, oldest first; what is left of others is removed. */
const readUploads = async (root: string): Promise<Map<string, Upload>> => {
  const found: Array<Upload> = []
  for (const id of await readdir(root)) {
    const text = await readFile(join(root, id, "upload.json"), "utf8").catch(() => undefined)
    if (text === undefined) await rm(join(root, id), { recursive: true, force: true })
    else found.push(JSON.parse(text) as Upload)
  }
  return new Map(found.sort((a, b) => (a.created < b.created ? -1 : 1)).map((upload) => [upload.id, upload]))
}

/** Bytes and files are counted while they come. */
class Receiving {
  readonly files: Array<Upload["files"][number]> = []
  bytes = 0
  private discarded = 0
  /** Why nothing is kept any more. */
  private problem: UploadFailure | undefined
  private readonly directory: string
  private readonly limits: Limits
  private readonly started: number

  constructor(directory: string, limits: Limits, started: number) {
    this.directory = directory
    this.limits = limits
    this.started = started
  }

  take(part: Multipart.Part): Effect.Effect<void, UploadFailure | Multipart.MultipartError> {
    const { files } = this
    if (part._tag === "Field") this.problem ??= noFile(part.key)
    else if (files.length === this.limits.uploadFiles) this.problem ??= tooManyFiles(this.limits)
    if (part._tag === "Field") return Effect.void
    if (this.problem !== undefined) return Stream.runForEach(part.content, (chunk) => this.discard(chunk))
    const file = { name: unique(plainName(part.name), files), bytes: 0 }
    const place = join(this.directory, String(files.length))
    files.push(file)
    return Effect.acquireUseRelease(
      Effect.promise(() => open(place, "wx")),
      (handle) =>
        Stream.runForEach(part.content, (chunk): Effect.Effect<void, UploadFailure> => {
          if (this.bytes + chunk.length > this.limits.uploadBytes) this.problem ??= tooManyBytes(this.limits)
          if (this.problem !== undefined) return this.discard(chunk)
          this.bytes += chunk.length
          file.bytes += chunk.length
          return Effect.andThen(
            this.checkRate,
            written(() => handle.writeFile(chunk))
          )
        }).pipe(Effect.andThen(written(() => handle.sync()))),
      (handle) => Effect.promise(() => handle.close())
    )
  }

  get checkComplete(): Effect.Effect<void, UploadFailure> {
    return Effect.suspend(() => {
      const { files, problem = files.length > 0 ? undefined : noFiles } = this
      return problem === undefined ? Effect.void : Effect.fail(problem)
    })
  }

  /** Who is still sending does not see an answer: some of what cannot be kept is taken first. */
  private discard(chunk: Uint8Array): Effect.Effect<void, UploadFailure> {
    this.discarded += chunk.length
    if (this.discarded > mostDiscarded && this.problem !== undefined) return Effect.fail(this.problem)
    return this.checkRate
  }

  private get checkRate(): Effect.Effect<void, BadRequest> {
    return Effect.flatMap(Clock.currentTimeMillis, (now) => {
      const seconds = (now - this.started) / 1000
      if (seconds < this.limits.uploadPatience || (this.bytes + this.discarded) / seconds >= this.limits.uploadRate)
        return Effect.void
      return Effect.fail(
        new BadRequest({
          code: "upload.slow",
          detail: `the upload is slower than ${this.limits.uploadRate} bytes a second`
        })
      )
    })
  }
}

const mostDiscarded = 64 * 2 ** 20

const written = (write: () => Promise<void>): Effect.Effect<void, Unavailable> =>
  Effect.tryPromise({
    try: write,
    catch: (cause) =>
      new Unavailable({
        code: "upload.disk",
        detail: `the upload cannot be kept: ${(cause as NodeJS.ErrnoException).code ?? "the disk fails"}`
      })
  })

/** The last part of a path, without what cannot be shown. */
const plainName = (name: string): string =>
  (name.split(/[/\\]/).at(-1) ?? "").replaceAll(/\p{C}/gu, "").trim().slice(-200) || "file"

/** Names tell the files of an upload apart: `a.csv`, `a (2).csv`. */
const unique = (name: string, files: ReadonlyArray<{ readonly name: string }>): string => {
  const [, stem, ending] = /^(.*?)((?:\.[^.]*){0,2})$/s.exec(name) ?? ["", name, ""]
  for (let n = 1; ; n++) {
    const tried = n === 1 ? name : `${stem} (${n})${ending}`
    if (!files.some((file) => file.name === tried)) return tried
  }
}

const noFiles = new BadRequest({
  code: "upload.empty",
  detail: "there is no file in the request",
  hint: "send multipart/form-data with a part that has a file name: curl -F file=@events.csv"
})

const noFile = (key: string) =>
  new BadRequest({
    code: "upload.field",
    detail: `the part "${key.slice(0, 100)}" is no file: it has no file name`,
    hint: "send files only"
  })

const tooManyFiles = ({ uploadFiles }: Limits) =>
  new TooLarge({ code: "upload.files", detail: `more than ${uploadFiles} files in one upload`, limit: uploadFiles })

const tooManyBytes = ({ uploadBytes }: Limits) =>
  new TooLarge({
    code: "upload.bytes",
    detail: `the upload has more than ${uploadBytes.toLocaleString("en")} bytes`,
    hint: "pack the files (gzip, zstd), or send them in several uploads",
    limit: uploadBytes
  })

const multipartProblem =
  (limits: Limits) =>
  (error: UploadFailure | Multipart.MultipartError): UploadFailure => {
    if (error._tag !== "MultipartError") return error
    switch (error.reason._tag) {
      case "TooManyParts":
        return tooManyFiles(limits)
      case "FileTooLarge":
      case "BodyTooLarge":
      case "FieldTooLarge":
        return tooManyBytes(limits)
      case "Parse":
      case "InternalError":
        return new BadRequest({
          code: "upload.broken",
          detail: "the body is no complete multipart/form-data",
          hint: "the connection broke, or the boundary is missing: send the files again"
        })
    }
  }
