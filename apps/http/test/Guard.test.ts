import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { mkdir, writeFile } from "node:fs/promises"
import { request } from "node:http"
import { join } from "node:path"
import { afterAll, beforeAll } from "vitest"
import { five, fiveSpec } from "./support/five.ts"
import { ended, startServer, temporary, type TestServer, text, upload } from "./support/server.ts"

interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string | ReadonlyArray<string> | undefined>>
  readonly body: string
}

/** A request with any headers, also those that `fetch` keeps to itself, and a path as it is. */
const ask = (
  server: TestServer,
  path: string,
  headers: Readonly<Record<string, string>> = {},
  method = "GET"
): Promise<Answer> =>
  new Promise((done, fail) => {
    const asked = request(`${server.url}/`, { path, headers, method }, (response) => {
      const parts: Array<Buffer> = []
      response.on("data", (part: Buffer) => parts.push(part))
      response.on("end", () =>
        done({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts).toString() })
      )
    })
    asked.on("error", fail)
    asked.end()
  })

describe("a server on this machine", () => {
  let server: TestServer
  let page: string
  beforeAll(async () => {
    page = await temporary()
    await mkdir(join(page, "assets"))
    await writeFile(join(page, "index.html"), "<!doctype html>")
    await writeFile(join(page, "assets/main.js"), "1")
    await writeFile(`${page}-secret`, "secret")
    server = await startServer({ page, hostNames: ["sessions.example.org"] }, { queue: 1 })
  }, 60_000)
  afterAll(() => server.close())

  it("answers to addresses and to names that it knows", async () => {
    const port = new URL(server.url).port
    for (const host of ["127.0.0.1", `localhost:${port}`, "[::1]:80", "Sessions.Example.org", "10.1.2.3:8787"]) {
      assert.strictEqual((await ask(server, "/health", { host })).status, 200, host)
    }
    for (const host of ["evil.example", "localhost.evil.example:80", "127.0.0.1.evil.example"]) {
      const { body, status } = await ask(server, "/v1/runs", { host })
      assert.strictEqual(status, 403, host)
      assert.strictEqual((JSON.parse(body) as { readonly code: string }).code, "host")
    }
  })

  it("does not answer pages of other sites", async () => {
    const own = new URL(server.url).host
    const post = (headers: Readonly<Record<string, string>>) => ask(server, "/v1/runs", headers, "POST")
    for (const origin of ["http://evil.example", "null", `http://${own}0`, "https://127.0.0.1"]) {
      assert.strictEqual((await post({ origin, host: own })).status, 403, origin)
      assert.strictEqual((await ask(server, "/v1/runs", { origin, host: own })).status, 403, origin)
    }
    assert.strictEqual((await post({ "sec-fetch-site": "cross-site" })).status, 403)
    assert.strictEqual((await post({ origin: `http://${own}`, host: own })).status, 400)
    assert.strictEqual((await ask(server, "/v1/runs", { origin: `http://${own}`, host: own })).status, 200)
  })

  it("says what browsers heed, and gives data to no cache", async () => {
    for (const path of ["/", "/v1/runs", "/nowhere", "/docs"]) {
      const { headers } = await ask(server, path)
      assert.strictEqual(headers["x-content-type-options"], "nosniff")
      assert.strictEqual(headers["x-frame-options"], "DENY")
      assert.match(String(headers["content-security-policy"]), /^default-src 'none'; /)
      assert.strictEqual(String(headers["content-security-policy"]).includes("unsafe-inline"), path === "/docs")
      assert.strictEqual(headers["cache-control"], path === "/v1/runs" ? "no-store" : headers["cache-control"])
    }
  })

  it("serves the page, and nothing beside it", async () => {
    assert.strictEqual((await ask(server, "/")).body, "<!doctype html>")
    assert.strictEqual((await ask(server, "/assets/main.js")).body, "1")
    const secret = `${page.split("/").at(-1)}-secret`
    for (const path of [
      `/../${secret}`,
      `/%2e%2e/${secret}`,
      `/assets/..%2f..%2f${secret}`,
      `/..%5c${secret}`,
      "/%00",
      "//etc/passwd"
    ]) {
      const { body, status } = await ask(server, path)
      assert.isAtLeast(status, 400, path)
      assert.isBelow(status, 500, path)
      assert.notInclude(body, "secret\n")
      assert.strictEqual((JSON.parse(body) as { readonly status: number }).status, status)
    }
  })

  it("has its reference without any other host", async () => {
    const { body, status } = await ask(server, "/docs")
    assert.strictEqual(status, 200)
    assert.notMatch(body.slice(0, 5000), /(?:src|href)="https?:/)
    const { paths } = JSON.parse((await ask(server, "/openapi.json")).body) as { readonly paths: object }
    assert.includeMembers(Object.keys(paths), ["/v1/uploads", "/v1/runs/{id}", "/health"])
  })

  it.effect("marks formulas in downloads for spreadsheets, unless asked not to", () =>
    Effect.gen(function* () {
      const record = (user: string) => `{"user_id":${JSON.stringify(user)},"event_time":"2024-07-10T10:00:00Z"}\n`
      const users = ["=1+1", "+2", "-3", "@x", "\tx", "plain"]
      const id = yield* Effect.promise(() => upload(server.url, { "e.jsonl": users.map(record).join("") }))
      const run = yield* server.client.runs.create({ payload: { source: { upload: id } } })
      assert.strictEqual((yield* ended(server, run.id)).state, "done")
      const url = `${server.url}/v1/runs/${run.id}/tables/events/download?columns=user_id`
      const lines = (csv: string) => csv.trimEnd().split("\n").slice(1).sort()
      assert.deepStrictEqual(lines(yield* text(url)), ["'\tx", "'+2", "'-3", "'=1+1", "'@x", "plain"].sort())
      assert.deepStrictEqual(lines(yield* text(`${url}&spreadsheet=exact`)), [...users].sort())
    })
  )

  it.effect("takes no more runs than it may keep waiting", () =>
    Effect.gen(function* () {
      const id = yield* Effect.promise(() => upload(server.url, { "e.jsonl": five }))
      const payload = { source: { upload: id }, spec: fiveSpec }
      const all = yield* Effect.all(
        [1, 2, 3, 4].map(() => Effect.result(server.client.runs.create({ payload }))),
        { concurrency: "unbounded" }
      )
      const refused = all.flatMap((one) => (one._tag === "Failure" ? [one.failure] : []))
      assert.isNotEmpty(refused)
      for (const error of refused) assert.deepInclude(error, { status: 503, code: "queue" })
      for (const one of all) {
        if (one._tag === "Success") assert.strictEqual((yield* ended(server, one.success.id)).state, "done")
      }
    })
  )
})

describe("a server with a token", () => {
  let server: TestServer
  beforeAll(async () => {
    server = await startServer({ token: Redacted.make("s3cret") })
  }, 60_000)
  afterAll(() => server.close())

  it("answers nobody without it, save whether it is alive", async () => {
    for (const path of ["/v1/runs", "/", "/docs", "/openapi.json", "/metrics", "/v1/runs?token=wrong"]) {
      const { body, status } = await ask(server, path)
      assert.deepInclude(JSON.parse(body), { status: 401, code: "token" }, path)
      assert.strictEqual(status, 401)
    }
    for (const authorization of ["Bearer wrong", "Basic czNjcmV0", "s3cret", "Bearer s3cret x"]) {
      assert.strictEqual((await ask(server, "/v1/runs", { authorization })).status, 401)
    }
    assert.strictEqual((await ask(server, "/health")).status, 200)
    assert.strictEqual((await ask(server, "/ready")).status, 200)
  })

  it.effect("answers its client", () => Effect.asVoid(server.client.runs.list()))

  it("lets a browser in by its address once, and by a cookie from then on", async () => {
    const { headers, status } = await ask(server, "//x/?a=1&token=s3cret")
    assert.deepStrictEqual([status, headers.location], [303, "/?a=1"])
    const [cookie] = headers["set-cookie"] ?? []
    assert.match(cookie, /^sojourn_token=[0-9a-f]{64}; Path=\/; HttpOnly; SameSite=Strict$/)
    assert.notInclude(cookie, "s3cret")
    const answer = await ask(server, "/v1/runs", { cookie: cookie.split(";")[0] })
    assert.strictEqual(answer.status, 200)
  })
})
