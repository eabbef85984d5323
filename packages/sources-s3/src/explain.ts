import { PluginError, type Reason } from "@sojourn/core"
import type { S3Connection } from "./S3Connection.ts"
import type { S3Failure } from "./S3Failure.ts"
import { printS3Uri, type S3Uri } from "./S3Uri.ts"

type Explanation = readonly [reason: Reason, what: string, hint?: string]

/** A failure for a person: `doing` is what was tried, such as `read` or `list`. */
export const explain = (
  failure: S3Failure,
  doing: string,
  at: S3Uri,
  { attempts, options }: S3Connection
): PluginError => {
  const where = printS3Uri(at)
  const server = options.endpoint ?? "AWS S3"
  const [reason, what, hint] =
    credentialProblem(failure, options.profile) ??
    accessProblem(failure, doing, at) ??
    placeProblem(failure, at, options.region) ??
    connectionProblem(failure, server, attempts) ??
    otherProblem(failure)
  return new PluginError({
    plugin: "s3",
    reason,
    message: `cannot ${doing} ${where}: ${what}`,
    ...(hint === undefined ? {} : { hint }),
    cause: { code: failure.code, status: failure.status, requestId: failure.requestId }
  })
}

const credentialProblem = ({ code }: S3Failure, profile: string | undefined): Explanation | undefined => {
  switch (code) {
    case "CredentialsProviderError":
    case "ProviderError":
    case "TokenProviderError":
      return [
        "Auth",
        profile === undefined ? "no credentials were found" : `the profile ${profile} has no usable credentials`,
        profile === undefined
          ? "Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE, or run where a role gives them (web identity, container, instance)."
          : "Look at ~/.aws/config and ~/.aws/credentials, or log in anew (aws sso login)."
      ]
    case "ExpiredToken":
    case "ExpiredTokenException":
    case "TokenRefreshRequired":
      return [
        "Auth",
        "the session token has expired",
        "Get new credentials (aws sso login, or assume the role again) and run again."
      ]
    case "InvalidAccessKeyId":
      return [
        "Auth",
        "the server does not know this access key",
        "Check AWS_ACCESS_KEY_ID, and that it belongs to this endpoint."
      ]
    case "InvalidToken":
      return [
        "Auth",
        "the session token is not valid",
        "AWS_SESSION_TOKEN must belong to AWS_ACCESS_KEY_ID; unset it for keys that have none."
      ]
    case "SignatureDoesNotMatch":
      return ["Auth", "the secret key does not belong to the access key", "Check AWS_SECRET_ACCESS_KEY."]
    case "RequestTimeTooSkewed":
      return ["Auth", "the clock of this machine is wrong by over 15 minutes", "Set the clock."]
    default:
      return undefined
  }
}

/** Which permission a request needs. */
const permissions: Readonly<Record<string, string>> = {
  list: "s3:ListBucket on the bucket",
  read: "s3:GetObject on the file, and s3:ListBucket on the bucket: without it a missing file looks forbidden",
  find: "s3:GetObject on the file, and s3:ListBucket on the bucket: without it a missing file looks forbidden",
  remove: "s3:DeleteObject on the file"
}

const accessProblem = (
  { code, said, status }: S3Failure,
  doing: string,
  { bucket }: S3Uri
): Explanation | undefined => {
  if (code === "InvalidObjectState")
    return [
      "NotFound",
      "it is in an archive (Glacier)",
      "Restore it first (aws s3api restore-object), or leave it out."
    ]
  if (status !== 401 && status !== 403) return undefined
  const needs = permissions[doing] ?? "s3:PutObject, s3:GetObject and s3:AbortMultipartUpload on the file"
  // AWS says who may not do what; other servers only say no.
  const reason = /not authorized|denied .*policy/i.test(said) ? ` (${said})` : ""
  return ["Auth", `access to bucket ${bucket} was denied${reason}`, `Needed: ${needs}.`]
}

const placeProblem = (
  { code, region, status }: S3Failure,
  { bucket }: S3Uri,
  asked: string | undefined
): Explanation | undefined => {
  if (code === "NoSuchBucket")
    return [
      "NotFound",
      `there is no bucket ${bucket}`,
      "Check its name, and the endpoint if it is not on AWS; Sojourn makes no buckets."
    ]
  if (
    status === 301 ||
    status === 307 ||
    code === "AuthorizationHeaderMalformed" ||
    code === "IllegalLocationConstraintException"
  ) {
    const there = region === undefined ? "another region" : `the region ${region}`
    const here = asked === undefined ? "" : `, not in ${asked}`
    return [
      "Config",
      `bucket ${bucket} is in ${there}${here}`,
      `Set region: ${region ?? "where the bucket is"}, or AWS_REGION.`
    ]
  }
  if (code === "NoSuchKey" || code === "NotFound") return ["NotFound", "there is no such file"]
  if (code === "InvalidBucketName") return ["Config", `${bucket} cannot be the name of a bucket`]
  return undefined
}

const connectionProblem = (failure: S3Failure, server: string, attempts: number): Explanation | undefined => {
  const { code, limited, passing, status, unreachable } = failure
  if (code === "ENOTFOUND")
    return ["Config", `the host of ${server} is not known`, "Check endpoint and region, and the network."]
  if (/^(ERR_TLS|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_)|ERR_SSL|EPROTO/.test(code))
    return [
      "Config",
      `no secure connection to ${server} (${code})`,
      "Check https or http in the endpoint, and NODE_EXTRA_CA_CERTS for an own authority."
    ]
  if (limited)
    return [
      "RateLimited",
      `${server} asks for fewer requests, after ${attempts} attempts`,
      "Run again later, or with fewer at once."
    ]
  if (code === "ECONNREFUSED" || code === "EHOSTUNREACH" || code === "ENETUNREACH" || code === "EAI_AGAIN")
    return [
      "Transient",
      `${server} cannot be reached (${code}), after ${attempts} attempts`,
      "Check the endpoint, and that the server runs."
    ]
  if (unreachable)
    return [
      "Transient",
      `the connection to ${server} broke${code === "BodyCut" ? "" : ` (${code})`}, after ${attempts} attempts`,
      "Run again."
    ]
  if (passing)
    return ["Transient", `${server} failed (${status} ${code}), after ${attempts} attempts`, "Run again later."]
  return undefined
}

const otherProblem = ({ code, said, status }: S3Failure): Explanation => {
  const answer = `the server answered ${[status, code].filter((part) => part !== 0).join(" ")}`
  if (status === 501 || code === "NotImplemented") return ["Unsupported", answer, "This server lacks what is needed."]
  return [status === 0 ? "Internal" : "Config", said === "" ? answer : `${answer}: ${said}`]
}
