import {
  Bool,
  type DataType,
  DateDay,
  Dictionary,
  DurationMicrosecond,
  Field,
  Float64,
  Int32,
  Int64,
  List,
  TimestampMicrosecond,
  Utf8
} from "apache-arrow"
import type { ValueType } from "../expression/Tree.ts"

/** How a column of values of a type is kept. */
export const arrowType = (type: ValueType): DataType => {
  switch (type) {
    case "text":
    case "json":
      return new Dictionary(new Utf8(), new Int32())
    case "bool":
      return new Bool()
    case "int64":
      return new Int64()
    case "double":
      return new Float64()
    case "timestamp":
      return new TimestampMicrosecond("UTC")
    case "date":
      return new DateDay()
    case "interval":
      return new DurationMicrosecond()
    case "list":
      return new List(new Field("item", new Utf8(), true))
  }
}
