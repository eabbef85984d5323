import * as HttpApi from "effect/http-api/HttpApi"
import * as HttpApiEndpoint from "effect/http-api/HttpApiEndpoint"
import * as HttpApiGroup from "effect/http-api/HttpApiGroup"
import * as HttpApiSchema from "effect/http-api/HttpApiSchema"
import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import { Acknowledged, Dataset, DatasetChanges } from "./Dataset.ts"
import { RequestProblems } from "./Middleware.ts"
import {
  BadRequest,
  Conflict,
  NotFound,
  TooLarge,
  Unavailable,
  Unprocessable,
  UnsupportedMediaType
} from "./Problem.ts"
import { PlacedRecord, Run, RunRequest, Summary } from "./Run.ts"
import { Aggregate, AggregateRequest, Page, Row, SessionView, Table } from "./Table.ts"
import { Excerpt, Id, LinePage, Mapping, Recognised, Upload } from "./Upload.ts"

const described = (summary: string, description?: string) =>
  OpenApi.annotations({ summary, ...(description === undefined ? {} : { description }) })

const name = Schema.NonEmptyString
const byId = { id: Id }
const PageSize = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 }))
const Position = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const Ordinal = Schema.Int.check(Schema.isGreaterThanOrEqualTo(1))
const Flag = Schema.Literals(["true", "false"])

const uploads = HttpApiGroup.make("uploads")
  .add(
    HttpApiEndpoint.post("create", "/", {
      payload: Schema.Struct({ file: Schema.String.annotate({ description: "One or several files" }) }).pipe(
        HttpApiSchema.asMultipartStream()
      ),
      success: Upload.pipe(HttpApiSchema.status(201)),
      error: [BadRequest, TooLarge, UnsupportedMediaType, Unavailable]
    }).annotateMerge(described("Send files", "multipart/form-data; every part with a file name is a file")),
    HttpApiEndpoint.get("list", "/", { success: Schema.Array(Upload) }).annotateMerge(described("All uploads")),
    HttpApiEndpoint.get("get", "/:id", { params: byId, success: Upload, error: NotFound }).annotateMerge(
      described("One upload")
    ),
    HttpApiEndpoint.delete("delete", "/:id", {
      params: byId,
      success: HttpApiSchema.NoContent,
      error: [NotFound, Conflict]
    }).annotateMerge(described("Delete files")),
    HttpApiEndpoint.post("recognise", "/:id/recognise", {
      params: byId,
      payload: Mapping,
      success: Recognised,
      error: [NotFound, Unprocessable, Unavailable]
    }).annotateMerge(described("What is in the files", "Columns with samples, what they probably mean, and the spec")),
    HttpApiEndpoint.get("text", "/:id/text", {
      params: byId,
      query: {
        file: name,
        offset: Schema.optionalKey(Position),
        before: Schema.optionalKey(Position),
        length: Schema.optionalKey(Position)
      },
      success: Excerpt,
      error: [NotFound, Unprocessable]
    }).annotateMerge(described("The text around a record", "`offset` is that of a reject; at most 1 MiB is given")),
    HttpApiEndpoint.get("lines", "/:id/lines", {
      params: byId,
      query: { file: name, from: Schema.optionalKey(Position), count: Schema.optionalKey(PageSize) },
      success: LinePage,
      error: [NotFound, Unprocessable]
    }).annotateMerge(
      described("Lines of a file", "The file is read once to find its lines, and again if it is packed")
    ),
    HttpApiEndpoint.get("download", "/:id/download", {
      params: byId,
      query: { file: name, offset: Schema.optionalKey(Position), length: Schema.optionalKey(Position) },
      success: HttpApiSchema.StreamUint8Array({ contentType: "application/octet-stream" }),
      error: NotFound
    }).annotateMerge(described("A file as it was sent", "Or `length` bytes of it from `offset` on"))
  )
  .prefix("/v1/uploads")

const tableOf = { id: Id, table: name }
const selection = {
  filter: Schema.optionalKey(name.annotate({ description: "A condition, such as event_count > 3 and user_id = 'u1'" })),
  columns: Schema.optionalKey(name.annotate({ description: "Names, separated by commas; all, unless given" }))
}

const runs = HttpApiGroup.make("runs")
  .add(
    HttpApiEndpoint.post("create", "/", {
      payload: RunRequest,
      success: Run.pipe(HttpApiSchema.status(201)),
      error: [NotFound, Unprocessable, Unavailable]
    }).annotateMerge(described("Start a run", "Give one of spec, recipe and mapping; with none, all is guessed")),
    HttpApiEndpoint.get("list", "/", { success: Schema.Array(Run) }).annotateMerge(described("All runs, newest first")),
    HttpApiEndpoint.get("get", "/:id", { params: byId, success: Run, error: NotFound }).annotateMerge(
      described("One run")
    ),
    HttpApiEndpoint.get("progress", "/:id/progress", {
      params: byId,
      success: HttpApiSchema.StreamSse({ data: Run }),
      error: NotFound
    }).annotateMerge(described("Progress", "Server-sent events, each of them the run; they end when the run does")),
    HttpApiEndpoint.post("cancel", "/:id/cancel", { params: byId, success: Run, error: NotFound }).annotateMerge(
      described("Cancel a run", "One that has ended stays as it is")
    ),
    HttpApiEndpoint.delete("delete", "/:id", {
      params: byId,
      success: HttpApiSchema.NoContent,
      error: NotFound
    }).annotateMerge(described("Delete a run and its results; it is cancelled first")),
    HttpApiEndpoint.get("summary", "/:id/summary", {
      params: byId,
      success: Summary,
      error: [NotFound, Conflict]
    }).annotateMerge(described("Counts, rejects by reason, warnings")),
    HttpApiEndpoint.get("tables", "/:id/tables", {
      params: byId,
      success: Schema.Array(Table),
      error: [NotFound, Conflict]
    }).annotateMerge(described("The tables of the results")),
    HttpApiEndpoint.get("rows", "/:id/tables/:table/rows", {
      params: tableOf,
      query: {
        ...selection,
        sort: Schema.optionalKey(name.annotate({ description: "A column; with - before it, descending" })),
        after: Schema.optionalKey(name),
        limit: Schema.optionalKey(PageSize),
        count: Schema.optionalKey(Flag)
      },
      success: Page,
      error: [NotFound, Conflict, Unprocessable]
    }).annotateMerge(described("Rows of a table, by page")),
    HttpApiEndpoint.get("download", "/:id/tables/:table/download", {
      params: tableOf,
      query: {
        ...selection,
        format: Schema.optionalKey(Schema.Literals(["csv", "jsonl", "parquet", "arrow"])),
        spreadsheet: Schema.optionalKey(
          Schema.Literals(["safe", "exact"]).annotate({
            description: "CSV: whether a text that a spreadsheet would take for a formula is marked (safe, the default)"
          })
        )
      },
      success: HttpApiSchema.StreamUint8Array({
        contentType: [
          "text/csv",
          "application/x-ndjson",
          "application/vnd.apache.parquet",
          "application/vnd.apache.arrow.stream"
        ]
      }),
      error: [NotFound, Conflict, Unprocessable]
    }).annotateMerge(described("A table as a file")),
    HttpApiEndpoint.post("query", "/:id/query", {
      params: byId,
      payload: AggregateRequest,
      success: Aggregate,
      error: [NotFound, Conflict, Unprocessable, Unavailable]
    }).annotateMerge(described("Groups and measures over a table", "As under `tables` in a spec; for charts")),
    HttpApiEndpoint.get("session", "/:id/sessions/:session", {
      params: { id: Id, session: name },
      query: { after: Schema.optionalKey(name), limit: Schema.optionalKey(PageSize) },
      success: SessionView,
      error: [NotFound, Conflict, Unprocessable]
    }).annotateMerge(described("One session, with its events")),
    HttpApiEndpoint.get("record", "/:id/record", {
      params: byId,
      query: { source: name, event: Ordinal },
      success: PlacedRecord,
      error: [NotFound, Conflict, Unprocessable, Unavailable]
    }).annotateMerge(described("Where a record stands", "`source` and `event` as the tables have them"))
  )
  .prefix("/v1/runs")

const DatasetName = Schema.String.check(
  Schema.isPattern(/^[a-z][a-z0-9_-]{0,62}$/, { expected: "a name of lower-case letters, digits, _ and -" })
)

const events = HttpApiGroup.make("events").add(
  HttpApiEndpoint.post("append", "/v1/events", {
    query: {
      dataset: Schema.optionalKey(DatasetName.annotate({ description: "Default: events" })),
      id: Schema.optionalKey(name.annotate({ description: "The field with the event's id; default: event_id" }))
    },
    payload: [
      Schema.Union([Row, Schema.Array(Row)]),
      Schema.String.pipe(HttpApiSchema.asText({ contentType: "application/x-ndjson" })),
      Schema.String.pipe(HttpApiSchema.asText({ contentType: "application/jsonl" }))
    ],
    success: Acknowledged,
    error: [BadRequest, TooLarge, UnsupportedMediaType, Unprocessable, Unavailable]
  }).annotateMerge(
    described(
      "Append events",
      "One object, an array of them, or JSON lines. Answered once they are on disk; an event whose id is there already is not stored again"
    )
  ),
  HttpApiEndpoint.get("datasets", "/v1/datasets", { success: Schema.Array(Dataset) }).annotateMerge(
    described("All datasets")
  ),
  HttpApiEndpoint.get("dataset", "/v1/datasets/:dataset", {
    params: { dataset: DatasetName },
    success: Dataset,
    error: NotFound
  }).annotateMerge(described("One dataset")),
  HttpApiEndpoint.put("configure", "/v1/datasets/:dataset", {
    params: { dataset: DatasetName },
    payload: DatasetChanges,
    success: Dataset,
    error: [Unprocessable, Unavailable]
  }).annotateMerge(described("Say how long events are kept", "The dataset is made if there is none")),
  HttpApiEndpoint.delete("delete", "/v1/datasets/:dataset", {
    params: { dataset: DatasetName },
    success: HttpApiSchema.NoContent,
    error: [NotFound, Conflict]
  }).annotateMerge(described("Delete a dataset and its events"))
)

const Status = Schema.Struct({ status: Schema.Literal("ok") })

const system = HttpApiGroup.make("system").add(
  HttpApiEndpoint.get("health", "/health", { success: Status }).annotateMerge(described("The process is alive")),
  HttpApiEndpoint.get("ready", "/ready", { success: Status, error: Unavailable }).annotateMerge(
    described("Runs can be started: the data directory can be written, and the queue is not full")
  ),
  HttpApiEndpoint.get("recipes", "/v1/recipes", {
    success: Schema.Array(
      Schema.Struct({
        name: Schema.String,
        description: Schema.NullOr(Schema.String),
        spec: Schema.String,
        params: Schema.Record(
          Schema.String,
          Schema.Struct({
            type: Schema.String,
            default: Schema.optionalKey(Schema.Json),
            optional: Schema.Boolean,
            description: Schema.optionalKey(Schema.String)
          })
        )
      })
    )
  }).annotateMerge(described("The recipes that come with Sojourn"))
)

/** A server that was started with a token wants it everywhere. */
const withToken = (document: Record<string, unknown>): Record<string, unknown> => {
  const components = document.components as Record<string, unknown>
  const securitySchemes = { token: { type: "http", scheme: "bearer" } }
  return { ...document, components: { ...components, securitySchemes }, security: [{}, { token: [] }] }
}

/** The API of `sojourn serve`. */
export const Api = HttpApi.make("sojourn")
  .add(uploads, runs, events, system)
  .middleware(RequestProblems)
  .annotateMerge(
    OpenApi.annotations({
      title: "Sojourn",
      version: "1",
      description: "Raw events in, sessions and quarantine out. Errors are problem details (RFC 9457).",
      transform: withToken
    })
  )
