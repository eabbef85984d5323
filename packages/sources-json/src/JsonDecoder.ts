import { type Decoder, defineDecoder } from "@sojourn/core"
import * as Schema from "effect/Schema"
import { JsonDecoding } from "./JsonDecoding.ts"
import { decide, headLength } from "./Layout.ts"
import { isUtf16 } from "./Utf16.ts"

/** Options of the format `json`. */
export const JsonOptions = Schema.Struct({
  layout: Schema.optionalKey(Schema.Literals(["auto", "lines", "values", "array"])).annotate({
    description:
      "How the records stand in an input: `lines` (a newline ends a record), `values` (over several lines), " +
      "`array` (one top-level array, or one inside a top-level object), or `auto` (seen from its beginning)"
  })
})
export type JsonOptions = typeof JsonOptions.Type

/** JSON: objects in lines, over several lines, or in an array. */
export const jsonDecoder: Decoder<JsonOptions> = defineDecoder({
  name: "json",
  summary: "JSON objects: in lines, over several lines, or in an array",
  options: JsonOptions,
  extensions: ["json", "jsonl", "ndjson"],
  open: ({ layout = "auto" }, request) => new JsonDecoding(layout, request),
  pieces: ({ layout = "auto" }, head) => {
    if (isUtf16(head)) return undefined
    const decided = decide(head.subarray(0, headLength), head.length <= headLength, layout)
    const lines = { layout: "lines" } as const
    return decided.layout === "lines" ? { first: lines, rest: lines } : undefined
  }
})
