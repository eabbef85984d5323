import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as NodeServices from "@effect/platform-node/NodeServices"
import * as Cause from "effect/Cause"
import * as CliConfig from "effect/cli/CliConfig"
import * as CliOutput from "effect/cli/CliOutput"
import * as Command from "effect/cli/Command"
import * as GlobalFlag from "effect/cli/GlobalFlag"
import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import * as Layer from "effect/Layer"
import packageJson from "../package.json" with { type: "json" }
import { normalised } from "./Arguments.ts"
import { explain } from "./Failure.ts"
import { inspectCommand } from "./InspectCommand.ts"
import { presenter } from "./Presenter.ts"
import { sessionsCommand } from "./SessionsCommand.ts"
import { namedSpec, recipesCommand, specCommands } from "./SpecCommands.ts"

const commands = ["sessions", "run", "lint", "preview", "inspect", "recipes"]

const program = Effect.gen(function*() {
  const argv = normalised(process.argv.slice(2), commands)
  const root = Command.make("sojourn").pipe(
    Command.withDescription("Raw events in, sessions and quarantine out"),
    Command.withSubcommands([sessionsCommand, ...specCommands(yield* namedSpec(argv)), inspectCommand, recipesCommand])
  )
  yield* Command.runWith(root, { version: packageJson.version })(argv)
})

const layers = Layer.mergeAll(
  NodeServices.layer,
  CliOutput.layerPresenter(presenter),
  CliConfig.layer({ builtIns: [GlobalFlag.Help, GlobalFlag.Version, GlobalFlag.Completions] })
)

// A reader that has seen enough, such as `head`, closes the pipe: nothing is wrong.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0)
  throw error
})

NodeRuntime.runMain(program.pipe(Effect.provide(layers)), {
  disableErrorReporting: true,
  teardown: (exit, onExit) => {
    if (Exit.isSuccess(exit)) return onExit(0)
    if (Cause.hasInterruptsOnly(exit.cause)) return onExit(130)
    const { code, text } = explain(exit.cause)
    if (text !== "") process.stderr.write(`${text}\n`)
    return onExit(code)
  }
})
