import { BadRequest, type Fault, RequestProblems } from "@sojourn/client"
import * as Effect from "effect/Effect"
import * as HttpApiMiddleware from "effect/http-api/HttpApiMiddleware"
import * as SchemaIssue from "effect/SchemaIssue"

const issuesOf = SchemaIssue.makeFormatterStandardSchemaV1()
const mostFaults = 20

/** What does not fit the API is said with its place in the request. */
export const layer = HttpApiMiddleware.layerSchemaErrorTransform(RequestProblems, (error) => {
  // What the server itself would answer does not fit: a defect.
  if (error.kind === "Body" || error.kind === "ResponseHeaders") return Effect.die(error.cause)
  const place = error.kind.toLowerCase()
  const faults = issuesOf(error.cause.issue)
    .issues.slice(0, mostFaults)
    .map(({ message, path = [] }): Fault => {
      const keys = path.map((segment) => String(typeof segment === "object" ? segment.key : segment))
      return { field: [place, ...keys].join("."), message }
    })
  const [first] = faults
  const detail = first === undefined ? "the request does not fit the API" : `${first.field}: ${first.message}`
  return Effect.fail(new BadRequest({ code: "request", detail, faults }))
})
