import { durationExpected, durationMicros } from "@sojourn/core"
import type { Limits, ServerOptions } from "@sojourn/http"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Redacted from "effect/Redacted"
import { existsSync } from "node:fs"
import { isIP } from "node:net"
import { fileURLToPath } from "node:url"
import { UsageError } from "./Failure.ts"

const list = (name: string, metavar: string, description: string) =>
  Flag.String(name).pipe(Flag.withMetavar(metavar), Flag.withDescription(description), Flag.atLeast(0))

const text = (name: string, metavar: string, description: string) =>
  Flag.String(name).pipe(Flag.withMetavar(metavar), Flag.withDescription(description), Flag.optional)

/** `sojourn serve`: the server, until it is stopped. It is loaded when it is asked for. */
export const serveCommand = Command.make(
  "serve",
  {
    port: Flag.Int("port").pipe(Flag.withDescription("Port (default 8787; 0: any)"), Flag.withDefault(8787)),
    host: Flag.String("host").pipe(
      Flag.withMetavar("ADDRESS"),
      Flag.withDescription("Address to listen on (default 127.0.0.1; any other needs a token)"),
      Flag.withDefault("127.0.0.1")
    ),
    data: Flag.String("data").pipe(
      Flag.withMetavar("DIR"),
      Flag.withDescription("Directory of uploads, runs and events (default sojourn-data)"),
      Flag.withDefault("sojourn-data")
    ),
    token: text("token", "T", "Requests must bring it (default: SOJOURN_TOKEN of the environment)"),
    hostName: list("host-name", "NAME", "A name under which the server is reached; may be given several times"),
    page: text("page", "DIR", "Static files for / (default: the page that comes with the command)"),
    store: list("store", "NAME=URI", "A uri that runs may read; may be given several times"),
    env: list("env", "NAME", "A variable that specs may use; may be given several times"),
    keep: Flag.String("keep").pipe(
      Flag.withMetavar("DURATION"),
      Flag.withDescription("How long uploads, and runs that have ended, are kept (default 7d)"),
      Flag.withDefault("7d")
    ),
    limit: list("limit", "NAME=N", "Another value of a limit, such as runs=4 or upload_bytes=2000000000")
  },
  Effect.fn("serve")(function* (flags) {
    const given = Option.getOrUndefined
    const token = given(flags.token) ?? process.env.SOJOURN_TOKEN
    const keep = durationMicros(flags.keep)
    if (keep === undefined) return yield* usage(`--keep: expected ${durationExpected}, found "${flags.keep}"`)
    if (!isOwnMachine(flags.host) && (token === undefined || token === "")) {
      return yield* usage(
        `--host ${flags.host}: others can reach this address, so a token is needed`,
        "give one: --token T, or SOJOURN_TOKEN in the environment"
      )
    }
    const { defaultLimits, serve } = yield* Effect.promise(() => import("@sojourn/http"))
    const options: ServerOptions = {
      host: flags.host,
      port: flags.port,
      data: flags.data,
      token: token === undefined || token === "" ? undefined : Redacted.make(token),
      hostNames: flags.hostName.map((name) => name.toLowerCase()),
      page: given(flags.page) ?? ownPage(),
      stores: Object.fromEntries(yield* Effect.forEach(flags.store, (pair) => pairOf("store", pair))),
      environment: Object.fromEntries(
        flags.env.flatMap((name) => {
          const value = process.env[name]
          return value === undefined ? [] : [[name, value]]
        })
      ),
      retention: keep / 1e6,
      limits: yield* limitsOf(defaultLimits, flags.limit)
    }
    return yield* serve(options)
  })
).pipe(
  Command.withDescription("Start the server: the page, and an API for uploads, runs and events"),
  Command.withExamples([
    { command: "sojourn serve", description: "On this machine only: http://127.0.0.1:8787" },
    {
      command: "SOJOURN_TOKEN=… sojourn serve --host 0.0.0.0 --host-name sessions.example.org",
      description: "For others, too"
    }
  ])
)

const usage = (message: string, hint?: string) =>
  Effect.fail(new UsageError({ message, ...(hint === undefined ? {} : { hint }) }))

const isOwnMachine = (host: string): boolean =>
  host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."))

/** The page that was built with the command, if it was. */
const ownPage = (): string | undefined => {
  const path = fileURLToPath(new URL("./page", import.meta.url))
  return existsSync(path) ? path : undefined
}

const pairOf = (flag: string, pair: string) => {
  const [, name, value] = /^([A-Za-z][\w-]*)=(.+)$/s.exec(pair) ?? []
  return name === undefined ? usage(`--${flag}: expected NAME=VALUE, found "${pair}"`) : Effect.succeed([name, value])
}

const limitsOf = Effect.fnUntraced(function* (usual: Limits, pairs: ReadonlyArray<string>) {
  const names = new Map(Object.keys(usual).map((key) => [snakeCase(key), key]))
  const changed: Record<string, number> = { ...usual }
  for (const pair of pairs) {
    const [name, value] = yield* pairOf("limit", pair)
    const key = names.get(name)
    if (key === undefined)
      return yield* usage(`--limit: there is no "${name}"`, `there is ${[...names.keys()].join(", ")}`)
    if (!/^\d{1,15}$/.test(value)) return yield* usage(`--limit: ${name} is a whole number, not "${value}"`)
    changed[key] = Number(value)
  }
  return changed as unknown as Limits
})

const snakeCase = (key: string): string => key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
