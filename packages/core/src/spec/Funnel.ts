import * as Schema from "effect/Schema"
import { Duration } from "./Duration.ts"
import { described, Expression, Expressions, withDefault } from "./Key.ts"

/** How far users, or sessions, come through steps. */
const Funnel = Schema.Struct({
  steps: Expressions.annotate({
    expected: "a map such as { view: type = 'view', buy: type = 'buy' }",
    description: "The steps in order, by name: conditions on events"
  }),
  within: withDefault(
    Schema.Literals(["user", "session"]),
    "user",
    "Whether all events of a user can serve, or those of one session"
  ),
  window: described(Duration, "The longest time from the first step to any other"),
  order: withDefault(
    Schema.Literals(["any_between", "strict"]),
    "any_between",
    "Whether other events may stand between the steps"
  ),
  where: described(Expression, "Only events for which this is true"),
  columns: withDefault(
    Expressions,
    {},
    "What is told of those who entered: expressions over the event of the first step"
  )
}).annotate({ expected: "a map such as { steps: { view: type = 'view', buy: type = 'buy' } }" })
export type Funnel = typeof Funnel.Type

/** A table with a row a step, and another one, `<name>_entered`, of those who took the first step. */
export const FunnelTable = Schema.Struct({
  funnel: Funnel.annotate({ description: "How far users, or sessions, come through steps" })
})
