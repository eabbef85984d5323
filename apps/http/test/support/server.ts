import { type Client, makeClient } from "@sojourn/client"
import * as Effect from "effect/Effect"
import * as FetchHttpClient from "effect/http/FetchHttpClient"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as Logger from "effect/Logger"
import * as ManagedRuntime from "effect/ManagedRuntime"
import * as Option from "effect/Option"
import * as Stream from "effect/Stream"
import { mkdtemp, rm } from "node:fs/promises"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { type Limits, type ServerOptions, serverLayer } from "../../src/index.ts"
import { testOptions } from "./options.ts"

/** A server of a test, on a port of its own. */
export interface TestServer {
  readonly url: string
  readonly data: string
  readonly client: Client
  readonly close: () => Promise<void>
}

/** A directory of a test. */
export const temporary = (): Promise<string> => mkdtemp(join(tmpdir(), "sojourn-http-"))

/** Starts a server; with a data directory of its own unless one is given. */
export const startServer = async (
  changes: Partial<ServerOptions> = {},
  limits: Partial<Limits> = {}
): Promise<TestServer> => {
  const data = changes.data ?? (await temporary())
  const layer = serverLayer(testOptions(data, changes, limits)).pipe(
    Layer.provideMerge(FetchHttpClient.layer),
    Layer.provideMerge(Logger.layer([]))
  )
  const runtime = ManagedRuntime.make(layer)
  const url = await runtime.runPromise(
    Effect.map(
      HttpServer.HttpServer,
      ({ address }) => `http://127.0.0.1:${(address as { readonly port: number }).port}`
    )
  )
  const client = await runtime.runPromise(
    makeClient({ url, ...(changes.token === undefined ? {} : { token: changes.token }) })
  )
  return {
    url,
    data,
    client,
    close: async () => {
      await runtime.dispose()
      if (changes.data === undefined) await rm(data, { recursive: true, force: true })
    }
  }
}

/** Sends files, given by name and content; the id of the upload. */
export const upload = async (url: string, files: Readonly<Record<string, string | Uint8Array>>): Promise<string> => {
  const form = new FormData()
  for (const [name, content] of Object.entries(files)) {
    form.append("file", new Blob([new Uint8Array(Buffer.from(content))]), name)
  }
  const response = await fetch(`${url}/v1/uploads`, { method: "POST", body: form })
  return ((await response.json()) as { readonly id: string }).id
}

/** A run when it has ended. */
export const ended = ({ client }: Pick<TestServer, "client">, id: string) =>
  Effect.flatMap(client.runs.progress({ params: { id } }), Stream.runLast).pipe(
    Effect.map((last) => Option.getOrThrow(last)),
    Effect.orDie
  )

/** What a url gives, as text. */
export const text = (url: string) => Effect.promise(async () => (await fetch(url)).text())
