import { literal } from "../expression/Part.ts"
import type { Tree, ValueType } from "../expression/Tree.ts"
import { durationMicros } from "../spec/Duration.ts"
import type { GivenParam } from "../spec/readSpec.ts"

const types: Readonly<Record<Exclude<GivenParam["type"], "list">, ValueType>> = {
  text: "text",
  path: "text",
  duration: "interval",
  integer: "int64",
  boolean: "bool"
}

/** The value of a param inside an expression: null where it has none, a list as its texts. */
export const paramTree = ({ type, value }: GivenParam): Tree | ReadonlyArray<Tree> => {
  if (typeof value === "object") return value.map((text) => literal(text, "text"))
  if (type === "list") return []
  if (value === undefined || (type === "duration" && value === "none")) return literal(null, types[type])
  if (type === "duration") return literal(String(durationMicros(String(value))), "interval")
  return literal(type === "boolean" ? value === true : String(value), types[type])
}
