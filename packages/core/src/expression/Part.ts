import type { Place } from "./ExpressionError.ts"
import type { Tree, ValueType } from "./Tree.ts"

/** A checked part of an expression and its place in the text. */
export interface Part extends Place {
  readonly tree: Tree
}

export const literal = (value: string | number | boolean | null, type: ValueType): Tree => ({
  kind: "literal",
  value,
  type
})

export const call = (name: string, type: ValueType, args: ReadonlyArray<Tree>): Tree => ({
  kind: "call",
  function: name,
  arguments: args,
  type
})

/** `null` as it is written: it takes any type. */
export const isNull = (tree: Tree): boolean => tree.kind === "literal" && tree.value === null

/** A text as it is written: it takes the type of an instant, a date or an interval. */
export const isTextLiteral = (tree: Tree): tree is Tree & { readonly kind: "literal"; readonly value: string } =>
  tree.kind === "literal" && tree.type === "text" && typeof tree.value === "string"
