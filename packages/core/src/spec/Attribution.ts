import * as Schema from "effect/Schema"
import { Duration } from "./Duration.ts"
import { described, Expression, Expressions, TextList, withDefault } from "./Key.ts"

/** Which channel brought each conversion. */
const Attribution = Schema.Struct({
  conversion: Expression.annotate({ description: "An event for which this is true is a conversion" }),
  order_id: Expression.annotate({ description: "What makes conversions the same: the first one counts" }),
  revenue: Expression.annotate({ description: "What a conversion is worth: a number" }),
  url: Expression.annotate({ description: "The address of the page; an event for which it is null is no page event" }),
  referrer: described(Expression, "The address of the page before"),
  no_referrer: withDefault(
    TextList,
    [],
    "Hosts, with those below them, that count as no referrer: your own, and those where people pay"
  ),
  lookback: withDefault(Duration, "30d", "How long before a conversion a session may have started"),
  channels: described(
    Expressions.annotate({ expected: "a map such as { Direct: source is null, Mail: medium = 'email' }" }),
    "Channels in the order in which they are asked: conditions on source, medium and campaign (default: those of Google Analytics 4)"
  ),
  where: described(Expression, "Only events for which this is true")
}).annotate({
  expected: "a map such as { conversion: type = 'purchase', order_id: order_id, revenue: price, url: page_url }"
})
export type Attribution = typeof Attribution.Type

/** A table with two rows a conversion: what its first touch was, and its last one. */
export const AttributionTable = Schema.Struct({
  attribution: Attribution.annotate({ description: "Which channel brought each conversion, by first and last touch" })
})
