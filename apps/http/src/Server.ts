import * as NodeHttpServer from "@effect/platform-node/NodeHttpServer"
import { Api } from "@sojourn/client"
import * as Effect from "effect/Effect"
import * as HttpApiBuilder from "effect/http-api/HttpApiBuilder"
import * as HttpApiScalar from "effect/http-api/HttpApiScalar"
import * as HttpMiddleware from "effect/http/HttpMiddleware"
import * as HttpRouter from "effect/http/HttpRouter"
import * as HttpServer from "effect/http/HttpServer"
import * as HttpServerResponse from "effect/http/HttpServerResponse"
import * as HttpStaticServer from "effect/http/HttpStaticServer"
import * as Layer from "effect/Layer"
import * as PrometheusMetrics from "effect/observability/PrometheusMetrics"
import { createServer } from "node:http"
import { answering } from "./Answers.ts"
import { eventHandlers } from "./api/events.ts"
import { runHandlers } from "./api/runs.ts"
import { systemHandlers } from "./api/system.ts"
import { uploadHandlers } from "./api/uploads.ts"
import { DataDirectory } from "./DataDirectory.ts"
import { Datasets } from "./events/Datasets.ts"
import { gaugeNow } from "./Metrics.ts"
import type { ServerOptions } from "./Options.ts"
import * as RequestProblems from "./RequestProblems.ts"
import { retention } from "./retention.ts"
import { Runs } from "./Runs.ts"
import { ShortJobs } from "./ShortJobs.ts"
import { Sources } from "./Sources.ts"
import { Uploads } from "./Uploads.ts"

/** The services of a server and the routes over them. */
const routes = (options: ServerOptions) => {
  const services = retention(options).pipe(
    Layer.provideMerge(Runs.layer(options)),
    Layer.provideMerge(Sources.layer(options)),
    Layer.provideMerge(Uploads.layer(options.limits)),
    Layer.provideMerge(Datasets.layer(options.limits)),
    Layer.provideMerge(DataDirectory.layer(options.data)),
    Layer.provideMerge(ShortJobs.layer(options.limits))
  )
  const api = HttpApiBuilder.layer(Api, { openapiPath: "/openapi.json" }).pipe(
    Layer.provide([uploadHandlers(options.limits), runHandlers(options.limits), eventHandlers, systemHandlers]),
    Layer.provide(services),
    Layer.provide(RequestProblems.layer)
  )
  const page = options.page === undefined ? Layer.empty : HttpStaticServer.layer({ root: options.page })
  return Layer.mergeAll(
    api,
    HttpApiScalar.layer(Api, { path: "/docs", scalar: { withDefaultFonts: false } }),
    metrics.pipe(Layer.provide(services)),
    page
  )
}

/** In the text format of Prometheus. */
const metrics = HttpRouter.use((router) =>
  Effect.flatMap(Runs, (runs) =>
    router.add(
      "GET",
      "/metrics",
      runs.list.pipe(
        Effect.tap(gaugeNow),
        Effect.andThen(PrometheusMetrics.format()),
        Effect.map((text) => HttpServerResponse.text(text, { contentType: "text/plain; version=0.0.4; charset=utf-8" }))
      )
    )
  )
)

/** Milliseconds for a whole request: an upload may take long. */
const requestMillis = 6 * 3600_000

const nodeServer = ({ limits }: ServerOptions) => {
  const server = createServer({
    headersTimeout: limits.headSeconds * 1000,
    requestTimeout: requestMillis,
    connectionsCheckingInterval: Math.min(5000, limits.headSeconds * 500),
    keepAliveTimeout: 10_000,
    maxHeaderSize: 16_384
  })
  server.setTimeout(limits.silentSeconds * 1000)
  server.maxConnections = limits.connections
  return server
}

/** The server, listening until its scope closes; `HttpServer` has its address. */
export const serverLayer = (options: ServerOptions) =>
  Layer.unwrap(
    Effect.map(HttpRouter.toHttpEffect(routes(options)), (app) =>
      HttpServer.serve(answering(options)(app), HttpMiddleware.logger)
    )
  ).pipe(
    Layer.provideMerge(
      NodeHttpServer.layer(() => nodeServer(options), {
        host: options.host,
        port: options.port,
        gracefulShutdownTimeout: "2 seconds"
      })
    )
  )
