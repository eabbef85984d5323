import { defineDecoder } from "@sojourn/core"
import * as Schema from "effect/Schema"
import { ExampleDecoding } from "./ExampleDecoding.ts"

/** What a spec may say besides the name: `format: { name: example, separator: "\t" }`. */
export const ExampleOptions = Schema.Struct({
  separator: Schema.optionalKey(
    Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(1)).annotate({
      description: "The character between two fields; a space unless told otherwise."
    })
  )
})
export type ExampleOptions = typeof ExampleOptions.Type

/** Lines such as `user=ann type=view time=2024-01-01T10:00:00Z`. */
export const exampleDecoder = defineDecoder<ExampleOptions>({
  name: "example",
  summary: "Lines of name=value",
  options: ExampleOptions,
  // Files that end so are read by this decoder without being told.
  extensions: ["example"],
  open: ({ separator = " " }, request) => new ExampleDecoding(separator, request),
  // Each line is a record of its own, so that several threads can read one file.
  pieces: (options) => ({ first: options, rest: options })
})
