import { PluginError } from "@sojourn/core"
import * as Effect from "effect/Effect"

/** Where an object is. Keys are taken as they are: nothing in a uri is percent-decoded. */
export interface S3Uri {
  readonly bucket: string
  /** May be empty, or only the beginning of a key, where a prefix is meant. */
  readonly key: string
}

const pattern = /^s3:\/\/([a-z0-9][a-z0-9._-]{1,61}[a-z0-9])(?:\/(.*))?$/isu

const malformed = (uri: string, expected: string) =>
  new PluginError({
    plugin: "s3",
    reason: "Config",
    message: `${uri} names no ${expected} in S3`,
    hint: "Write s3://bucket/key; a bucket's name has 3 to 63 letters, digits, dots and hyphens."
  })

/** `s3://bucket`, `s3://bucket/` or `s3://bucket/beginning/of/key`. */
export const parseS3Prefix = (prefix: string): Effect.Effect<S3Uri, PluginError> => {
  const [, bucket, key = ""] = pattern.exec(prefix) ?? []
  return bucket === undefined ? Effect.fail(malformed(prefix, "place")) : Effect.succeed({ bucket, key })
}

/** `s3://bucket/key`. */
export const parseS3Uri = (uri: string): Effect.Effect<S3Uri, PluginError> => {
  const [, bucket, key = ""] = pattern.exec(uri) ?? []
  return bucket === undefined || key === "" ? Effect.fail(malformed(uri, "file")) : Effect.succeed({ bucket, key })
}

/** An ETag without its quotes, which some servers leave out in lists, and without the mark of gateways that compress. */
export const versionOf = (etag: string): string => etag.replace(/^W\/|"/g, "")

/** A version as a condition of a request. */
export const etagOf = (version: string): string => `"${version}"`

export const printS3Uri = ({ bucket, key }: S3Uri): string => `s3://${bucket}/${key}`
