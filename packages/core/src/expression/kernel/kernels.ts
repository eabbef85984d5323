import { arithmetic } from "./Arithmetic.ts"
import { casts } from "./Cast.ts"
import { comparisons } from "./Compare.ts"
import { conditionals } from "./Conditional.ts"
import { documentFunctions } from "./DocumentFunctions.ts"
import { hashFunctions } from "./HashFunctions.ts"
import type { MakeKernel } from "./Kernel.ts"
import { logic } from "./Logic.ts"
import { numbers } from "./Numbers.ts"
import { regexFunctions } from "./RegexFunctions.ts"
import { textFunctions } from "./TextFunctions.ts"
import { timeFunctions } from "./TimeFunctions.ts"

/** How each function of a tree is computed. */
export const kernels: ReadonlyMap<string, MakeKernel> = new Map(
  Object.entries({
    ...arithmetic,
    ...casts,
    ...comparisons,
    ...conditionals,
    ...documentFunctions,
    ...hashFunctions,
    ...logic,
    ...numbers,
    ...regexFunctions,
    ...textFunctions,
    ...timeFunctions
  })
)

/** Kernels that say themselves which of their inputs may fail: the others fail wherever an input does. */
export const lazy: ReadonlySet<string> = new Set(["and", "or", "case", "case of", "coalesce"])
