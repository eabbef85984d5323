import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import { createPlugin, pluginKinds } from "./PluginTemplate.ts"
import { initRecipe } from "./RecipeCommands.ts"

const plugin = Command.make(
  "plugin",
  {
    name: Argument.String("name").pipe(
      Argument.withDescription("Name of the package, such as logfmt or @acme/logfmt; the directory is called after it")
    ),
    kind: Flag.Literals("kind", pluginKinds).pipe(
      Flag.withDescription("What it is: a decoder reads a format, a source a system, a sink writes to one"),
      Flag.withDefault("decoder" as const)
    )
  },
  Effect.fn("init plugin")(function* ({ kind, name }) {
    const { directory, files } = yield* createPlugin(name, kind)
    const next = `cd ${directory} && npm install && npm test`
    process.stdout.write(`${files.map((file) => `created ${directory}/${file}`).join("\n")}\n\nnext: ${next}\n`)
  })
).pipe(
  Command.withDescription("Begin a plugin: a package with code, tests and a README, which pass as they are"),
  Command.withExamples([{ command: "sojourn init plugin logfmt --kind decoder", description: "A reader of a format" }])
)

/** `init`: begins things that a person goes on writing. */
export const initCommand = (recipes: ReadonlyArray<string>) =>
  Command.make("init").pipe(
    Command.withDescription("Begin a plugin, or a spec of your own from a recipe"),
    Command.withSubcommands([plugin, ...recipes.map(initRecipe)])
  )
