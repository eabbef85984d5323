import { PluginError } from "@sojourn/core"
import * as Effect from "effect/Effect"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import type { ServerOptions } from "./Options.ts"
import { serverLayer } from "./Server.ts"
import { telemetry } from "./telemetry.ts"

/**
 * Runs the server until it is interrupted. Logs are one JSON object a line on standard output, or text on a terminal; where
 * the server is goes to standard error.
 */
export const serve = Effect.fn("serve")(function* (options: ServerOptions) {
  const announced = Effect.gen(function* () {
    const { address } = yield* HttpServer.HttpServer
    const port = "port" in address ? address.port : options.port
    const host = options.host.includes(":") ? `[${options.host}]` : options.host
    process.stderr.write(`sojourn: http://${host}:${port} (data in ${options.data})\n`)
    return yield* Effect.never
  })
  return yield* announced.pipe(
    Effect.provide(serverLayer(options)),
    Effect.mapError((error) => (error instanceof PluginError ? error : cannotListen(options, error))),
    Effect.provide(logging)
  )
})

const cannotListen = ({ host, port }: ServerOptions, error: { readonly cause?: unknown }): PluginError => {
  const code = (error.cause as NodeJS.ErrnoException | undefined)?.code
  const reason = code === "EADDRINUSE" ? "another program listens there" : (code ?? String(error.cause))
  return new PluginError({
    plugin: "server",
    reason: "Config",
    message: `cannot listen on ${host}:${port}: ${reason}`,
    hint: "name another port: --port N (0: any that is free)",
    cause: error
  })
}

const logging = Layer.mergeAll(
  Logger.layer([process.stdout.isTTY ? Logger.consolePretty() : Logger.consoleJson]),
  telemetry
)
