import * as HttpApiClient from "effect/http-api/HttpApiClient"
import * as HttpClient from "effect/http/HttpClient"
import * as HttpClientRequest from "effect/http/HttpClientRequest"
import type * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { Api } from "./Api.ts"

/** A method for every endpoint of {@link Api}, such as `client.runs.create({ payload })`. */
export type Client = HttpApiClient.ForApi<typeof Api>

/** Where the server is, such as `http://127.0.0.1:8787`, and its token, if it needs one. */
export interface ClientOptions {
  readonly url: string
  readonly token?: Redacted.Redacted
}

/** A client of a server. Its methods fail with the problems of the API, or with an `HttpClientError`. */
export const makeClient = ({ token, url }: ClientOptions): Effect.Effect<Client, never, HttpClient.HttpClient> =>
  HttpApiClient.make(Api, {
    transformClient: HttpClient.mapRequest((request) => {
      const placed = HttpClientRequest.prependUrl(request, url)
      return token === undefined ? placed : HttpClientRequest.bearerToken(placed, Redacted.value(token))
    })
  })
