import { assert, describe, it } from "@effect/vitest"
import * as OpenApi from "effect/http-api/OpenApi"
import { Api } from "../src/index.ts"

describe("Api", () => {
  it("has an OpenAPI document with every endpoint", () => {
    const { paths } = OpenApi.fromApi(Api)
    const endpoints = Object.values(Api.groups).flatMap(({ endpoints }) => Object.keys(endpoints))
    const operations = Object.values(paths).flatMap((path) => Object.keys(path))
    assert.strictEqual(operations.length, endpoints.length)
  })
})
