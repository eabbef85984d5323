import * as Schema from "effect/Schema"
import { delimiters } from "./CsvRecord.ts"

export const CsvOptions = Schema.Struct({
  delimiter: Schema.optionalKey(
    Schema.Literals(delimiters).annotate({
      description: "What stands between two fields. Default: found out from the first lines."
    })
  ),
  header: Schema.optionalKey(
    Schema.Union([Schema.Literals(["first", "none"]), Schema.NonEmptyArray(Schema.String)]).annotate({
      description:
        "Where the names of the columns come from: the first line (the default), a list here, or none: c1, c2 and so on."
    })
  )
})
export type CsvOptions = typeof CsvOptions.Type
