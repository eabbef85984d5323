import * as Schema from "effect/Schema"
import { described } from "./Key.ts"

/** Dates, both ends included. */
export const Range = Schema.Struct({
  date: described(Schema.String, "This date alone"),
  from: described(Schema.String, "The first date"),
  to: described(Schema.String, "The last date")
}).annotate({ expected: "a map such as { from: 2025-11-16, to: 2025-11-18 }" })
export type Range = typeof Range.Type
