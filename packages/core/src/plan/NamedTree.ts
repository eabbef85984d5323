import * as Schema from "effect/Schema"
import { Tree } from "../expression/Tree.ts"

/** A column and how its values are made; its type is that of the tree. A tree that is a column takes it as it is. */
export const NamedTree = Schema.Struct({ name: Schema.String, value: Tree })
