import * as Schema from "effect/Schema"
import { Tree, type ValueType } from "../expression/Tree.ts"
import { NamedTree } from "./NamedTree.ts"

/** Two rows a conversion: its first touch, and its last one. */
export const Attribution = Schema.Struct({
  kind: Schema.Literal("attribution"),
  name: Schema.String,
  from: Schema.Literal("events"),
  /** Trees here are over events. */
  where: Schema.NullOr(Tree),
  conversion: Tree,
  order_id: Tree,
  revenue: Tree,
  url: Tree,
  referrer: Tree,
  /** Over `url` and `referrer`. */
  touch: Schema.Struct({ source: Tree, medium: Tree, campaign: Tree }),
  /** Conditions on `source`, `medium` and `campaign`; the first that holds names the channel. */
  channels: Schema.Array(NamedTree),
  /** Microseconds. */
  lookback: Schema.Finite
})
export type Attribution = typeof Attribution.Type

/** The columns of a table of attributions. `user`: the name of the column of users. */
export const attributionColumns = (
  { revenue }: Attribution,
  user: string
): ReadonlyArray<{ readonly name: string; readonly type: ValueType }> => [
  { name: "order_id", type: "text" },
  { name: user, type: "text" },
  { name: "converted_at", type: "timestamp" },
  { name: "revenue", type: revenue.type },
  { name: "repeats", type: "int64" },
  { name: "model", type: "text" },
  { name: "channel", type: "text" },
  { name: "source", type: "text" },
  { name: "medium", type: "text" },
  { name: "campaign", type: "text" },
  { name: "session_id", type: "text" },
  { name: "touched_at", type: "timestamp" },
  { name: "touches", type: "int64" }
]
