import type { Tree } from "./Tree.ts"

/** The columns that a tree reads, in the order of the text. */
export const columnsOf = (tree: Tree): ReadonlyArray<string> => namesOf(tree, "column")

/** The parameters `${NAME}` that a tree needs, in the order of the text. */
export const bindingsOf = (tree: Tree): ReadonlyArray<string> => namesOf(tree, "binding")

const namesOf = (tree: Tree, kind: "column" | "binding"): ReadonlyArray<string> => {
  const names = new Set<string>()
  const visit = (part: Tree): void => {
    if (part.kind === kind) names.add(part.name)
    if (part.kind === "call") for (const argument of part.arguments) visit(argument)
  }
  visit(tree)
  return [...names]
}
