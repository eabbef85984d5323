import * as Schema from "effect/Schema"

/** Ids are made by the server: 128 random bits in lower-case hexadecimal digits. */
export const Id = Schema.String.check(Schema.isPattern(/^[0-9a-f]{32}$/, { expected: "an id: 32 hexadecimal digits" }))

/** An instant as text: ISO 8601, UTC. */
export const Instant = Schema.String

/** Files that were sent to the server; kept until they expire. */
export const Upload = Schema.Struct({
  id: Id,
  created: Instant,
  files: Schema.Array(
    Schema.Struct({
      name: Schema.String.annotate({ description: "As it was called where it came from" }),
      bytes: Schema.Int
    })
  ),
  bytes: Schema.Int
})
export type Upload = typeof Upload.Type

/** A format and its options, as in a spec: `{ name: "csv", header: "none" }`. */
export const Format = Schema.StructWithRest(Schema.Struct({ name: Schema.String }), [
  Schema.Record(Schema.String, Schema.Json)
])

const Columns = Schema.NonEmptyArray(Schema.NonEmptyString)

/** What a person says of a job without a spec, as the flags of `sojourn sessions` do; the rest is guessed. */
export const Mapping = Schema.Struct({
  format: Schema.optionalKey(Format),
  user: Schema.optionalKey(Columns),
  time: Schema.optionalKey(Schema.NonEmptyString),
  time_format: Schema.optionalKey(Schema.NonEmptyString),
  timezone: Schema.optionalKey(Schema.NonEmptyString),
  type: Schema.optionalKey(Schema.NonEmptyString),
  gap: Schema.optionalKey(Schema.NonEmptyString.annotate({ description: "30m (the default), 45s, none" })),
  boundary: Schema.optionalKey(Schema.Literals(["merge", "split"])),
  dedupe: Schema.optionalKey(Schema.Union([Schema.Literals(["id", "record", "none"]), Columns])),
  columns: Schema.optionalKey(Columns.annotate({ description: "Columns of the events; all, unless given" }))
})
export type Mapping = typeof Mapping.Type

/** How the values of a column read as times: `parsed` of `total`, under the format that fits best. */
const TimeReading = Schema.Struct({ format: Schema.String, parsed: Schema.Int, total: Schema.Int })

/** A column of a sample. */
export const ColumnProfile = Schema.Struct({
  path: Schema.String,
  kind: Schema.Literals(["text", "number", "boolean", "object", "list", "empty"]),
  records: Schema.Int,
  filled: Schema.Int,
  distinct: Schema.Int,
  samples: Schema.Array(Schema.String),
  time: Schema.NullOr(TimeReading)
})

/** One thing that was guessed, as one would say it in a {@link Mapping}, and what speaks for it. */
export const GuessNote = Schema.Struct({
  key: Schema.String.annotate({ description: "The key of the mapping that changes it, such as user" }),
  value: Schema.String,
  detail: Schema.String
})

/** Why a mapping does not lead to a spec. */
export const Obstacle = Schema.Struct({
  code: Schema.String,
  detail: Schema.String,
  hint: Schema.optionalKey(Schema.String)
})
export type Obstacle = typeof Obstacle.Type

/** What the beginning of an upload looks like, and the spec that follows from it. */
export const Recognised = Schema.Struct({
  records: Schema.Int,
  rejected: Schema.Int.annotate({ description: "Records of the sample that could not be read" }),
  whole: Schema.Boolean.annotate({ description: "The sample is all of the input" }),
  notes: Schema.Array(Schema.String),
  headerless: Schema.NullOr(Schema.Struct({ file: Schema.String, first_row: Schema.Array(Schema.String) })),
  columns: Schema.Array(ColumnProfile),
  guess: Schema.Array(GuessNote),
  spec: Schema.NullOr(Schema.String).annotate({ description: "The spec, as text, to be run or edited" }),
  problem: Schema.NullOr(Obstacle)
})
export type Recognised = typeof Recognised.Type

/** A part of a file's text, unpacked. Offsets are bytes of the unpacked file. */
export const Excerpt = Schema.Struct({
  file: Schema.String,
  from: Schema.Int,
  to: Schema.Int,
  text: Schema.String,
  end: Schema.Boolean.annotate({ description: "The file ends at `to`" })
})

/** Lines of a file as they stand there, unpacked. */
export const LinePage = Schema.Struct({
  file: Schema.String,
  from: Schema.Int.annotate({ description: "The number of the first of them; that of the file is 0" }),
  total: Schema.Int.annotate({ description: "Lines of the file" }),
  lines: Schema.Array(
    Schema.Struct({
      text: Schema.String,
      cut: Schema.Int.annotate({ description: "Bytes of the line that are not given: it is very long" })
    })
  )
})
