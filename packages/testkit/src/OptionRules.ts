import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import { holds, type Rule } from "./Rule.ts"

/** A plugin's options, some that it takes and some that it refuses. */
export interface OptionSubject {
  readonly options: Schema.Codec<unknown, unknown>
  readonly right: ReadonlyArray<unknown>
  readonly wrong: ReadonlyArray<unknown>
}

const parseOptions = { errors: "all", onExcessProperty: "error" } as const

/** What the options of every plugin must do. */
export const optionRules: ReadonlyArray<Rule<OptionSubject>> = [
  {
    name: "takes the options that are right, and prints them again",
    check: ({ options, right }) => {
      for (const value of right) {
        const read = Schema.decodeUnknownResult(options, parseOptions)(value)
        holds(Result.isSuccess(read), `${JSON.stringify(value)} is refused`)
        const printed = Result.isSuccess(read) ? Schema.encodeUnknownSync(options)(read.success) : undefined
        holds(
          JSON.stringify(printed) === JSON.stringify(value),
          `${JSON.stringify(value)} is printed as ${JSON.stringify(printed)}`
        )
      }
    }
  },
  {
    name: "refuses the options that are wrong, and those that it does not have",
    check: ({ options, right, wrong }) => {
      const excess = right.map((value) => ({ ...(value as object), "no-such-option": 1 }))
      for (const value of [...wrong, ...excess]) {
        const read = Schema.decodeUnknownResult(options, parseOptions)(value)
        holds(Result.isFailure(read), `${JSON.stringify(value)} is taken`)
      }
    }
  },
  {
    name: "describes each option, for the page of the plugin and for editors",
    check: ({ options }) => {
      const { schema } = Schema.toJsonSchemaDocument(options)
      const properties = Object.entries(
        (schema.properties ?? {}) as Readonly<Record<string, { readonly description?: string }>>
      )
      for (const [name, { description }] of properties)
        holds(description !== undefined, `the option ${name} has no description`)
    }
  }
]
