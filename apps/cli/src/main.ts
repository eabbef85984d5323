import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import { fileError } from "@sojourn/node"
import * as Cause from "effect/Cause"
import * as Exit from "effect/Exit"
import { ExitCode } from "./ExitCode.ts"
import { explain } from "./Failure.ts"
import { program } from "./Program.ts"

/** Why standard output could not be written. A reader that has seen enough, such as `head`, is no reason. */
let outputError: NodeJS.ErrnoException | undefined
const onOutputError = (error: NodeJS.ErrnoException | null | undefined): void => {
  if (error && error.code !== "EPIPE" && error.code !== "ERR_STREAM_DESTROYED") outputError ??= error
}
process.stdout.on("error", onOutputError)
// There is nobody to tell.
process.stderr.on("error", () => undefined)

/** Exit code of the first signal that came. */
let interrupted: number | undefined
for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129]
] as const) {
  process.once(signal, () => (interrupted ??= code))
}
// The runtime interrupts a run, so that it cleans up, for the other two.
process.once("SIGHUP", () => process.kill(process.pid, "SIGTERM"))

const ending = (exit: Exit.Exit<unknown, unknown>): { readonly code: number; readonly text: string } => {
  if (Exit.isSuccess(exit)) return { code: ExitCode.done, text: "" }
  if (Cause.hasInterruptsOnly(exit.cause)) return { code: interrupted ?? 130, text: "" }
  return explain(exit.cause)
}

NodeRuntime.runMain(program(process.argv.slice(2)), {
  disableErrorReporting: true,
  teardown: (exit) => {
    const { code, text } = ending(exit)
    // What was written has to be out first. An input that is still open, such as standard input, must not keep the process.
    process.stdout.write("", (error) => {
      onOutputError(error)
      const lost =
        code === ExitCode.done && outputError !== undefined ? fileError("write", "-", outputError) : undefined
      const message = lost === undefined ? text : `sojourn: ${lost.message}`
      process.stderr.write(message === "" ? "" : `${message}\n`, () =>
        process.exit(lost === undefined ? code : ExitCode.io)
      )
    })
  }
})
