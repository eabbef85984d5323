import * as Schema from "effect/Schema"

/** Into which table rows go, and what becomes of those that are there. */
export const DuckDBSinkOptions = Schema.Struct({
  table: Schema.optionalKey(
    Schema.String.check(
      Schema.isPattern(/^[^.\s][^.]*(\.[^.]+)?$/, { expected: "a name such as sessions or silver.sessions" })
    ).annotate({ description: "The table, with its schema or without; default: the name of the output." })
  ),
  mode: Schema.optionalKey(
    Schema.Literals(["overwrite", "append", "upsert"]).annotate({
      description:
        "overwrite (the default): the table holds the rows of this run; append: they are added; upsert: they replace those with the same key."
    })
  ),
  key: Schema.optionalKey(
    Schema.NonEmptyArray(Schema.String).annotate({
      description: "For upsert: the columns that make two rows the same."
    })
  )
}).check(
  Schema.makeFilter(({ key, mode }) => (mode === "upsert") === (key !== undefined), {
    expected: "key where mode is upsert, and only there"
  })
)
export type DuckDBSinkOptions = typeof DuckDBSinkOptions.Type
