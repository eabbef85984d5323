import type { Tree } from "../expression/Tree.ts"
import type { Plan } from "./Plan.ts"

/** Fields that events have under a hash alone, and of which rejects tell nothing, either. */
export const redactedFields = ({ validate }: Pick<Plan, "validate">): ReadonlySet<string> => {
  const { columns, id, time, type, user } = validate
  const hashed = new Set<string>()
  const shown = new Set<string>()
  const visit = (tree: Tree, into: Set<string>): void => {
    if (tree.kind === "column") into.add(tree.name)
    if (tree.kind !== "call") return
    for (const argument of tree.arguments) visit(argument, hashes.has(tree.function) ? hashed : into)
  }
  for (const tree of user.values) visit(tree, shown)
  for (const mapped of [id, time, type, ...columns]) if (mapped !== null) visit(mapped.value, shown)
  return new Set([...hashed].filter((field) => !shown.has(field)))
}

const hashes: ReadonlySet<string> = new Set(["sha256", "hmac_sha256"])
