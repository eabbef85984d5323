import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import type { Path, ProblemOptions } from "../spec/SpecDocument.ts"
import type { SpecProblem } from "../spec/SpecError.ts"
import { specProblems } from "../spec/SpecIssues.ts"

/** What is wrong with an option, and which one. */
export interface OptionProblem {
  readonly path: Path
  readonly message: string
  readonly more: ProblemOptions | undefined
}

/**
 * What every plugin makes of its options' schema. It is made where the plugin is, as schemas are understood only by the
 * copy of Effect that they were made with; what comes out is plain data.
 */
export interface PluginOptions<Options> {
  /** Reads options as they stand in a spec. An option that there is not is a problem. */
  readonly readOptions: (
    value: unknown
  ) => { readonly options: Options } | { readonly problems: ReadonlyArray<OptionProblem> }
  /** JSON Schema of the options, with their descriptions. */
  readonly optionsSchema: () => unknown
}

const parseOptions = { errors: "all", onExcessProperty: "error", reportInput: true } as const

export const pluginOptions = <Options>(schema: Schema.Codec<Options, unknown>): PluginOptions<Options> => ({
  readOptions: (value) => {
    const read = Schema.decodeUnknownResult(schema, parseOptions)(value)
    if (Result.isSuccess(read)) return { options: read.success }
    const problems: Array<OptionProblem> = []
    const problem = (path: Path, message: string, more?: ProblemOptions): SpecProblem => {
      problems.push({ path, message, more })
      return { line: 0, column: 0, message }
    }
    specProblems({ problem }, read.failure.issue)
    return { problems }
  },
  optionsSchema: () => Schema.toJsonSchemaDocument(schema, { onExcessProperty: "error" }).schema
})
