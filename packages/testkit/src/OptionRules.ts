import type { PluginOptions } from "@sojourn/core"
import { holds, type Rule } from "./Rule.ts"

/** A plugin's options, some that it takes and some that it refuses. */
export interface OptionSubject {
  readonly plugin: PluginOptions<unknown>
  readonly right: ReadonlyArray<unknown>
  readonly wrong: ReadonlyArray<unknown>
}

/** What the options of every plugin must do. */
export const optionRules: ReadonlyArray<Rule<OptionSubject>> = [
  {
    name: "takes the options that are right",
    check: ({ plugin, right }) => {
      for (const value of right) {
        holds("options" in plugin.readOptions(value), `${JSON.stringify(value)} is refused`)
      }
    }
  },
  {
    name: "refuses the options that are wrong, and those that it does not have",
    check: ({ plugin, right, wrong }) => {
      const excess = right.map((value) => ({ ...(value as object), "no-such-option": 1 }))
      for (const value of [...wrong, ...excess]) {
        holds("problems" in plugin.readOptions(value), `${JSON.stringify(value)} is taken`)
      }
    }
  },
  {
    name: "describes each option, for the page of the plugin and for editors",
    check: ({ plugin }) => {
      const schema = plugin.optionsSchema() as { readonly properties?: unknown }
      const properties = Object.entries(
        (schema.properties ?? {}) as Readonly<Record<string, { readonly description?: string }>>
      )
      for (const [name, { description }] of properties)
        holds(description !== undefined, `the option ${name} has no description`)
    }
  }
]
