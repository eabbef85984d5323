import * as Effect from "effect/Effect"
import * as Exit from "effect/Exit"
import { explain } from "../../src/Failure.ts"
import { program } from "../../src/Program.ts"

export interface Outcome {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** Runs the command in this process: what it prints, and the exit code that it would end with. */
export const sojourn = async (...words: ReadonlyArray<string>): Promise<Outcome> => {
  const stdout = capture(process.stdout)
  const stderr = capture(process.stderr)
  // Help goes through the console.
  const { log } = console
  console.log = (text: string) => process.stdout.write(`${text}\n`)
  try {
    const exit = await Effect.runPromiseExit(program(words))
    const { code, text } = Exit.isSuccess(exit) ? { code: 0, text: "" } : explain(exit.cause)
    return { code, stdout: stdout.text(), stderr: stderr.text() + text }
  } finally {
    console.log = log
    stdout.restore()
    stderr.restore()
  }
}

const capture = (stream: NodeJS.WriteStream) => {
  const write = stream.write.bind(stream)
  let text = ""
  stream.write = (chunk: string | Uint8Array) => {
    text += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString()
    return true
  }
  return {
    text: () => text,
    restore: () => {
      stream.write = write
    }
  }
}
