import type { MeasureCall } from "../../expression/MeasureCall.ts"
import { columnsOf } from "../../expression/TreeNames.ts"
import { arrowType } from "../ArrowType.ts"
import { Count } from "./Count.ts"
import { CountDistinct, ListDistinct } from "./Distinct.ts"
import { Ends } from "./Ends.ts"
import { Extreme } from "./Extreme.ts"
import { ActiveTime, AverageGap } from "./Gaps.ts"
import { Logic } from "./Logic.ts"
import type { MeasureState } from "./MeasureState.ts"
import { Quantile } from "./Quantile.ts"
import { Sum } from "./Sum.ts"

/** The state of a measure before any row. */
export const makeMeasure = ({ arguments: trees, measure, parameter }: MeasureCall): MeasureState => {
  const type = arrowType(trees[0]?.type ?? "int64")
  switch (measure) {
    case "count":
      return new Count()
    case "count_distinct":
      return new CountDistinct(type)
    case "list_distinct":
      return new ListDistinct(type)
    case "sum":
    case "avg":
      return new Sum(measure, type, columnsOf(trees[0])[0] ?? "")
    case "min":
    case "max":
      return new Extreme(measure, type)
    case "first":
    case "last":
      return new Ends(measure, type)
    case "any":
    case "all":
      return new Logic(measure)
    case "median":
      return new Quantile(0.5, type)
    case "quantile":
      return new Quantile(parameter ?? 0.5, type)
    case "avg_gap":
      return new AverageGap()
    case "active_time":
      return new ActiveTime(parameter ?? 0)
    default:
      throw new Error(`no measure ${measure}`)
  }
}

/** Measures for which the order of the rows matters. */
export const ordered: ReadonlySet<string> = new Set(["first", "last", "avg_gap", "active_time"])
