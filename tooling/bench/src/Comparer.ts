import { createHash } from "node:crypto"
import { copyFileSync, readFileSync } from "node:fs"
import { firstDifference, readResult, type Result } from "./SessionFile.ts"

/** Sees to it that all runs of a job give the same sessions in the same order as the first. */
export class Comparer {
  private readonly reference: string
  private first: { readonly system: string; readonly result: Result } | undefined
  /** Files with the same bytes are read once. */
  private readonly known = new Map<string, Result>()

  /** A copy of the first result is kept in the file `reference`, to show differences. */
  constructor(reference: string) {
    this.reference = reference
  }

  /** Takes the output of one more run. Throws if it differs, with the first difference. */
  check(system: string, path: string): Result {
    const bytes = createHash("sha256").update(readFileSync(path)).digest("hex")
    const result = this.known.get(bytes) ?? readResult(path)
    this.known.set(bytes, result)
    if (this.first === undefined) {
      this.first = { system, result }
      copyFileSync(path, this.reference)
    } else if (result.digest !== this.first.result.digest) {
      const difference = firstDifference(this.reference, path)
      throw new Error(`the sessions of ${this.first.system} and ${system} differ\n${difference}`)
    }
    return result
  }
}
