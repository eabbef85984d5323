import * as Schema from "effect/Schema"

/** The types of values. A list is a list of texts; an interval is int64 microseconds; json is text that holds JSON. */
export const ValueType = Schema.Literals([
  "text",
  "bool",
  "int64",
  "double",
  "timestamp",
  "date",
  "interval",
  "json",
  "list"
])
export type ValueType = typeof ValueType.Type

/**
 * An expression as plan data: names resolved, every part typed, casts made explicit; nothing is left to decide when it
 * is evaluated. It goes through JSON and back unchanged.
 */
export type Tree =
  | { readonly kind: "column"; readonly name: string; readonly type: ValueType }
  /** int64, timestamp (microseconds), date (days) and interval (microseconds) are decimal text; null is null. */
  | { readonly kind: "literal"; readonly value: string | number | boolean | null; readonly type: ValueType }
  /** A value that is bound when a plan runs, such as a secret: the plan holds its name only. */
  | { readonly kind: "binding"; readonly name: string; readonly type: "text" }
  | {
      readonly kind: "call"
      readonly function: string
      readonly arguments: ReadonlyArray<Tree>
      readonly type: ValueType
    }

export const Tree: Schema.Codec<Tree> = Schema.Union([
  Schema.Struct({ kind: Schema.Literal("column"), name: Schema.String, type: ValueType }),
  Schema.Struct({
    kind: Schema.Literal("literal"),
    value: Schema.Union([Schema.String, Schema.Number, Schema.Boolean, Schema.Null]),
    type: ValueType
  }),
  Schema.Struct({ kind: Schema.Literal("binding"), name: Schema.String, type: Schema.Literal("text") }),
  Schema.Struct({
    kind: Schema.Literal("call"),
    function: Schema.String,
    arguments: Schema.Array(Schema.suspend((): Schema.Codec<Tree> => Tree)),
    type: ValueType
  })
])
