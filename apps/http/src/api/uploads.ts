import { Api, BadRequest, Conflict, NotFound } from "@sojourn/client"
import { placeOf } from "@sojourn/node"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as Multipart from "effect/http/Multipart"
import * as Stream from "effect/Stream"
import type { Limits } from "../Options.ts"
import { reads, Runs } from "../Runs.ts"
import { ShortJobs } from "../ShortJobs.ts"
import { Uploads } from "../Uploads.ts"
import { attachment } from "./attachment.ts"
import { makeLineReader, readText } from "./fileText.ts"

/** Bytes of text that are given at most, and unless more or fewer are asked for. */
const mostText = 2 ** 20
const usualText = 4096
/** Lines that are given unless more or fewer are asked for. */
const usualLines = 100

/** Uploads: sending files, recognising them, reading their text. */
export const uploadHandlers = (limits: Limits) =>
  HttpApiBuilder.group(
    Api,
    "uploads",
    Effect.fn(function* (handlers) {
      const uploads = yield* Uploads
      const runs = yield* Runs
      const jobs = yield* ShortJobs
      const parts = Multipart.limitsServices({
        // Counted while they come; this is for what is not even a file.
        maxParts: limits.uploadFiles * 2 + 100,
        maxTotalSize: limits.uploadBytes + 128 * 2 ** 20,
        maxFieldSize: 1024,
        fieldMimeTypes: []
      })

      const readLines = yield* makeLineReader(limits)

      const fileOf = Effect.fnUntraced(function* (id: string, name: string) {
        const files = uploads.files(yield* uploads.get(id))
        return files.find(({ path }) => path === name) ?? (yield* noFile(name))
      })

      return handlers
        .handleRaw("create", ({ request }) => {
          if (!/^multipart\/form-data\s*;.*boundary=/i.test(request.headers["content-type"] ?? "")) {
            return Effect.fail(noMultipart)
          }
          return uploads.create(Stream.provideContext(request.multipartStream, parts))
        })
        .handle("list", () => uploads.list)
        .handle("get", ({ params }) => uploads.get(params.id))
        .handle("delete", ({ params }) =>
          Effect.gen(function* () {
            yield* uploads.get(params.id)
            const reading = (yield* runs.list).find(reads({ upload: params.id }))
            if (reading !== undefined) return yield* inUse(reading.id)
            yield* uploads.delete(params.id)
          })
        )
        .handle("recognise", ({ params, payload }) =>
          Effect.flatMap(uploads.get(params.id), (upload) => jobs.recognise({ files: uploads.files(upload) }, payload))
        )
        .handle("text", ({ params, query }) =>
          Effect.gen(function* () {
            const file = yield* fileOf(params.id, query.file)
            const before = Math.min(query.before ?? 0, mostText)
            const length = Math.min(query.length ?? usualText, mostText)
            const from = Math.max(0, (query.offset ?? 0) - before)
            const { bytes, from: start, isEnd } = yield* readText(file, from, before + length)
            const text = new TextDecoder().decode(bytes)
            return { file: file.path, from: start, to: start + bytes.length, text, end: isEnd }
          })
        )
        .handle("lines", ({ params, query: { count = usualLines, file: name, from = 0 } }) =>
          Effect.gen(function* () {
            const file = yield* fileOf(params.id, name)
            return { file: file.path, from, ...(yield* readLines(file, from, count)) }
          })
        )
        .handle("download", ({ params, query: { file: name, length, offset = 0 } }) =>
          Effect.gen(function* () {
            const file = yield* fileOf(params.id, name)
            const bytes = file.bytes ?? 0
            const from = Math.min(offset, bytes)
            const answer = HttpServerResponse.file(placeOf(file), {
              offset: from,
              bytesToRead: Math.min(length ?? bytes, bytes - from),
              ...attachment(file.path, "application/octet-stream")
            })
            return yield* Effect.orDie(answer)
          })
        )
    })
  )

const noMultipart = new BadRequest({
  code: "upload.type",
  detail: "files are sent as multipart/form-data with a boundary",
  hint: "curl -F file=@events.csv"
})

const inUse = (run: string) =>
  new Conflict({ code: "upload.used", detail: `the run ${run} reads these files`, hint: "cancel it first" })

const noFile = (name: string) =>
  new NotFound({ code: "file", detail: `the upload has no file "${name.slice(0, 100)}"` })
