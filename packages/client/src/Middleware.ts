import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import { BadRequest } from "./Problem.ts"

/** Turns requests that do not fit the API into a {@link BadRequest} that names what does not. */
export class RequestProblems extends HttpApiMiddleware.Service<RequestProblems>()("@sojourn/client/RequestProblems", {
  error: BadRequest
}) {}
