import type { RunProblem } from "@sojourn/client"
import { CannotGuess, isRunFailure, PluginError, SpecError } from "@sojourn/core"

/** What a person is told of a failure; undefined for a defect. */
export const explain = (error: unknown): RunProblem | undefined => {
  if (error instanceof SpecError) {
    const { problems } = error
    const more = problems.length > 1 ? `, and ${problems.length - 1} more` : ""
    return { code: "spec", detail: `the spec cannot be used: ${problems[0]?.message ?? ""}${more}`, problems }
  }
  if (error instanceof CannotGuess) {
    return { code: "mapping", detail: asKeys(error.message), ...hinted(error.hint && asKeys(error.hint)) }
  }
  if (error instanceof PluginError) {
    const code = /^(limit\.|query$)/.test(error.plugin) ? error.plugin : `input.${error.reason.toLowerCase()}`
    return { code, detail: error.message, ...hinted(error.hint) }
  }
  if (isRunFailure(error)) return { code: "data", detail: error.message }
  return undefined
}

const hinted = (hint: string | undefined) => (hint === undefined ? {} : { hint })

/** The flags of the command are keys of a mapping here. */
const asKeys = (text: string): string => text.replaceAll(/--([a-z]+(?:-[a-z]+)*)/g, (_, flag: string) => keyOf(flag))

/** The key of a mapping that says what a flag of the command does. */
export const keyOf = (flag: string): string => flag.replace(/^--/, "").replaceAll("-", "_")
