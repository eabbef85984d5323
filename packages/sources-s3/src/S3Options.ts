import * as Schema from "effect/Schema"

/** How to reach S3, or a server that speaks its language. All may be left out on AWS. Keys are no options. */
export const S3Options = Schema.Struct({
  endpoint: Schema.optionalKey(
    Schema.String.check(
      Schema.isPattern(/^https?:\/\/[^/?#@\s]+\/?$/, { expected: "an address such as https://minio.example:9000" })
    ).annotate({
      description:
        "Address of a server that is not AWS: https://minio.example:9000. Default: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, or AWS."
    })
  ),
  region: Schema.optionalKey(
    Schema.NonEmptyString.annotate({
      description: "Region of the bucket. Default: AWS_REGION, the region of the profile, or us-east-1."
    })
  ),
  path_style: Schema.optionalKey(
    Schema.Boolean.annotate({
      description:
        "true: the bucket stands in the path, https://host/bucket/key; false: in the name, https://bucket.host/key. Default: true where `endpoint` is given."
    })
  ),
  profile: Schema.optionalKey(
    Schema.NonEmptyString.annotate({
      description: "Profile of ~/.aws/config and ~/.aws/credentials to use. Default: AWS_PROFILE, or default."
    })
  )
})
export type S3Options = typeof S3Options.Type
