import * as CliOutput from "effect/cli/CliOutput"
import * as Effect from "effect/Effect"

/** Help and version on standard output; a mistake in the command line as one message on standard error. */
export const presenter: CliOutput.Presenter = {
  present: (event) =>
    Effect.gen(function* () {
      if (event._tag !== "InvalidInvocation") return yield* CliOutput.defaultPresenter.present(event)
      const messages = event.errors.map((error) => `sojourn: ${oneMessage(error.message)}`)
      const help = `  see: ${event.commandPath.join(" ")} --help`
      process.stderr.write(`${[...new Set(messages), help].join("\n")}\n`)
    })
}

/** `Unrecognized flag: --inptu in command sojourn run (did you mean "--input"?)`, on one line. */
const oneMessage = (text: string): string =>
  text
    .replace(/\s*\n+\s*Did you mean this\?\s*\n\s*(\S+)[\s\S]*$/, ' (did you mean "$1"?)')
    .replaceAll(/\s*\n\s*/g, " ")
