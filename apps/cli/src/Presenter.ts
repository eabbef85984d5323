import * as CliOutput from "effect/cli/CliOutput"
import * as Effect from "effect/Effect"

/** Help and version on standard output; a mistake in the command line as one message on standard error. */
export const presenter: CliOutput.Presenter = {
  present: (event) =>
    Effect.gen(function*() {
      if (event._tag !== "InvalidInvocation") return yield* CliOutput.defaultPresenter.present(event)
      const messages = event.errors.map((error) => `sojourn: ${error.message}`)
      const help = `  see: ${event.commandPath.join(" ")} --help`
      process.stderr.write(`${[...new Set(messages), help].join("\n")}\n`)
    })
}
