import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

/** A key that may be left out. */
export const described = <S extends Schema.Top>(schema: S, description: string) =>
  Schema.optionalKey(schema.annotate({ description }))

/** A key that has a value when it is left out. */
export const withDefault = <S extends Schema.Top>(schema: S, value: S["Type"], description: string) =>
  (schema.annotate({ description, default: value }) as S).pipe(Schema.withDecodingDefaultTypeKey(Effect.succeed(value)))

export const TextList = Schema.Array(Schema.String).annotate({ expected: "a list such as [a, b]" })
export const Uri = Schema.NonEmptyString

/** A format by name, or with options of its own: `{ name: csv, delimiter: ";" }`. */
export const Format = Schema.Union([
  Schema.String,
  Schema.StructWithRest(Schema.Struct({ name: Schema.String }), [Schema.Record(Schema.String, Schema.Unknown)])
]).annotate({ expected: "a format such as csv, or { name: csv, … } with its options" })

/** An expression as it is written; `makePlan` reads it. */
export const Expression = Schema.String.annotate({
  expected: "an expression such as coalesce(page_url, screen_name)"
})

/** Expressions by the names of their columns. */
export const Expressions = Schema.Record(Schema.String, Expression)
