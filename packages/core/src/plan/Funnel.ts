import * as Schema from "effect/Schema"
import { Tree, type ValueType } from "../expression/Tree.ts"
import { NamedTree } from "./NamedTree.ts"

/** One row for each user, or session, that took the first step of a funnel: how far it came, and when. */
export const FunnelEntered = Schema.Struct({
  kind: Schema.Literal("funnel_entered"),
  name: Schema.String,
  from: Schema.Literal("events"),
  where: Schema.NullOr(Tree),
  /** Conditions on events; the names are those of columns, too. */
  steps: Schema.Array(NamedTree),
  within: Schema.Literals(["user", "session"]),
  /** Microseconds from the first step to any other. */
  window: Schema.NullOr(Schema.Finite),
  order: Schema.Literals(["any_between", "strict"]),
  /** Over the event of the first step. */
  columns: Schema.Array(NamedTree)
})
export type FunnelEntered = typeof FunnelEntered.Type

/** One row a step, made from the rows of a {@link FunnelEntered}. */
export const FunnelSteps = Schema.Struct({
  kind: Schema.Literal("funnel_steps"),
  name: Schema.String,
  from: Schema.String,
  steps: Schema.Array(Schema.String)
})
export type FunnelSteps = typeof FunnelSteps.Type

/** The columns of {@link FunnelEntered} that stand between the user and the steps. */
export const depthColumns = [
  { name: "depth", type: "int64" },
  { name: "last_step", type: "text" },
  { name: "completed", type: "bool" }
] as const

/** The columns of a {@link FunnelEntered}. `user`: the name of the column of users. */
export const enteredColumns = (
  { columns, steps, within }: FunnelEntered,
  user: string
): ReadonlyArray<{ readonly name: string; readonly type: ValueType }> => [
  { name: user, type: "text" },
  ...(within === "session" ? [{ name: "session_id", type: "text" as const }] : []),
  ...depthColumns,
  ...steps.map(({ name }) => ({ name, type: "timestamp" as const })),
  ...columns.map(({ name, value }) => ({ name, type: value.type }))
]

export const stepColumns: ReadonlyArray<{ readonly name: string; readonly type: ValueType }> = [
  { name: "step", type: "int64" },
  { name: "name", type: "text" },
  { name: "count", type: "int64" },
  { name: "rate_of_first", type: "double" },
  { name: "rate_of_previous", type: "double" },
  { name: "dropped", type: "int64" },
  { name: "median_sec", type: "double" }
]
