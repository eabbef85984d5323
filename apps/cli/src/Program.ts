import * as NodeServices from "@effect/platform-node/NodeServices"
import { recipeNames } from "@sojourn/node"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import { existsSync } from "node:fs"
import packageJson from "../package.json" with { type: "json" }
import { normalised } from "./Arguments.ts"
import { initCommand } from "./InitCommand.ts"
import { inspectCommand } from "./InspectCommand.ts"
import { pluginsCommand } from "./PluginsCommand.ts"
import { presenter } from "./Presenter.ts"
import { rejectsCommand } from "./RejectsCommand.ts"
import { serveCommand } from "./ServeCommand.ts"
import { sessionsCommand } from "./SessionsCommand.ts"
import { recipesCommand } from "./RecipeCommands.ts"
import { sampleCommand } from "./SampleCommand.ts"
import { specCommands } from "./SpecCommands.ts"
import { listedWords, namedSpec } from "./SpecParams.ts"

const vocabulary = {
  commands: "sessions run lint preview inspect recipes plugins rejects serve init sample".split(" "),
  rootFlags: ["--help", "-h", "--version", "-v", "--completions"],
  exists: existsSync
}

const layers = Layer.mergeAll(
  NodeServices.layer,
  CliOutput.layerPresenter(presenter),
  CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] })
)

/** The whole command, given the words after its name. What its failures mean: see `explain`. */
export const program = Effect.fn("program")(function* (words: ReadonlyArray<string>) {
  const argv = normalised(words, vocabulary)
  const named = yield* namedSpec(argv)
  const root = Command.make("sojourn").pipe(
    Command.withDescription("Raw events in, sessions and quarantine out"),
    Command.withSubcommands([
      sessionsCommand,
      ...specCommands(named),
      inspectCommand,
      recipesCommand,
      pluginsCommand,
      rejectsCommand,
      serveCommand,
      initCommand(yield* recipeNames),
      sampleCommand
    ])
  )
  yield* Command.runWith(root, { version: packageJson.version })(listedWords(argv, named))
}, Effect.provide(layers))
