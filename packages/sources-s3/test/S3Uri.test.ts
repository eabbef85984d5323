import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { parseS3Prefix, parseS3Uri, printS3Uri } from "../src/index.ts"

describe("parseS3Uri", () => {
  it.effect.each([
    "s3://bucket/key",
    "s3://my.bucket-1/a/b c/ü%20+.json",
    "s3://bucket//double",
    "s3://bucket/a\nb?c#d"
  ])("takes %j as it is", (uri) =>
    Effect.gen(function* () {
      assert.strictEqual(printS3Uri(yield* parseS3Uri(uri)), uri)
    })
  )

  it.effect.each([
    "s3://",
    "s3://bucket",
    "s3://bucket/",
    "s3:///key",
    "s3://b/key",
    "http://bucket/key",
    "bucket/key",
    "s3://a b/key",
    "s3://../key"
  ])("finds no file in %j", (uri) =>
    Effect.gen(function* () {
      const error = yield* Effect.flip(parseS3Uri(uri))
      assert.strictEqual(error.reason, "Config")
      assert.strictEqual(error.message, `${uri} names no file in S3`)
    })
  )
})

describe("parseS3Prefix", () => {
  it.effect.each([
    ["s3://bucket", ""],
    ["s3://bucket/", ""],
    ["s3://bucket/a/b", "a/b"]
  ] as const)("takes %j", ([prefix, key]) =>
    Effect.gen(function* () {
      assert.deepStrictEqual(yield* parseS3Prefix(prefix), { bucket: "bucket", key })
    })
  )
})
