import * as HttpApiError from "effect/http-api/HttpApiError"
import * as Schema from "effect/Schema"

/**
 * What goes wrong, as RFC 9457 has it (`application/problem+json`): one class a status. `code` tells the cases of one
 * status apart and stays the same from version to version; `detail` and `hint` are for a person.
 */

/** One mistake in a spec: where it is (1-based), and what may help. */
export const SpecProblem = Schema.Struct({
  line: Schema.Int,
  column: Schema.Int,
  message: Schema.String,
  hint: Schema.optionalKey(Schema.String)
})

/** One fault of a request: of which record of its body (from 1), of which field. */
export const Fault = Schema.Struct({
  record: Schema.optionalKey(Schema.Int),
  field: Schema.optionalKey(Schema.String),
  message: Schema.String
})
export type Fault = typeof Fault.Type

const fields = {
  code: Schema.String.annotate({ description: "Which case of this status it is, such as upload.bytes" }),
  detail: Schema.String,
  hint: Schema.optionalKey(Schema.String)
}

/** The request is no request that the API knows. */
export class BadRequest extends HttpApiError.Problem<BadRequest>()(
  "BadRequest",
  { type: "urn:sojourn:problem:bad-request", status: 400, title: "Bad request" },
  { ...fields, faults: Schema.optionalKey(Schema.Array(Fault)) }
) {}

/** A token is needed. */
export class Unauthorized extends HttpApiError.Problem<Unauthorized>()(
  "Unauthorized",
  { type: "urn:sojourn:problem:unauthorized", status: 401, title: "A token is needed" },
  fields
) {}

/** The request comes from a page or by a name of the server that is not allowed. */
export class Forbidden extends HttpApiError.Problem<Forbidden>()(
  "Forbidden",
  { type: "urn:sojourn:problem:forbidden", status: 403, title: "Not allowed" },
  fields
) {}

/** There is no such upload, run, table, session or path. */
export class NotFound extends HttpApiError.Problem<NotFound>()(
  "NotFound",
  { type: "urn:sojourn:problem:not-found", status: 404, title: "Not found" },
  fields
) {}

/** It cannot be done as things stand: a run has no results yet. */
export class Conflict extends HttpApiError.Problem<Conflict>()(
  "Conflict",
  { type: "urn:sojourn:problem:conflict", status: 409, title: "Not possible now" },
  fields
) {}

/** More than a limit of the server allows. */
export class TooLarge extends HttpApiError.Problem<TooLarge>()(
  "TooLarge",
  { type: "urn:sojourn:problem:too-large", status: 413, title: "Too large" },
  { ...fields, limit: Schema.optionalKey(Schema.Finite) }
) {}

/** The body is of a type that is not read here. */
export class UnsupportedMediaType extends HttpApiError.Problem<UnsupportedMediaType>()(
  "UnsupportedMediaType",
  { type: "urn:sojourn:problem:unsupported-media-type", status: 415, title: "Unsupported media type" },
  fields
) {}

/** The request is understood, and what it asks for is wrong: a spec, a filter, an event. */
export class Unprocessable extends HttpApiError.Problem<Unprocessable>()(
  "Unprocessable",
  { type: "urn:sojourn:problem:unprocessable", status: 422, title: "Cannot be processed" },
  {
    ...fields,
    problems: Schema.optionalKey(Schema.Array(SpecProblem)),
    faults: Schema.optionalKey(Schema.Array(Fault))
  }
) {}

/** The server is busy, or not ready; trying again later may help. */
export class Unavailable extends HttpApiError.Problem<Unavailable>()(
  "Unavailable",
  { type: "urn:sojourn:problem:unavailable", status: 503, title: "Not available now" },
  fields
) {}
