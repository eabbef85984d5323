import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { readdir } from "node:fs/promises"
import { connect, type Socket } from "node:net"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { gzipSync, zstdCompressSync } from "node:zlib"
import { afterAll, afterEach, beforeAll } from "vitest"
import { five, fiveSpec } from "./support/five.ts"
import { ended, startServer, type TestServer, text, upload } from "./support/server.ts"

const corpora = fileURLToPath(new URL("../../../../shared/corpora/", import.meta.url))

let server: TestServer
beforeAll(async () => {
  const limits = {
    uploadBytes: 2 ** 26,
    uploadFiles: 400,
    recordBytes: 2 ** 20,
    runMemory: 1.2e9,
    recogniseSeconds: 20
  }
  server = await startServer({}, { ...limits, runSeconds: 60, headSeconds: 1, silentSeconds: 5 })
}, 60_000)
afterAll(() => server.close())

// Whatever a test has sent, the server answers afterwards.
afterEach(async () => {
  assert.strictEqual((await fetch(`${server.url}/health`)).status, 200)
})

const run = Effect.fnUntraced(function* (files: Readonly<Record<string, string | Uint8Array>>, spec?: string) {
  const id = yield* Effect.promise(() => upload(server.url, files))
  const payload = { source: { upload: id }, ...(spec === undefined ? {} : { spec }) }
  const created = yield* server.client.runs.create({ payload })
  return yield* ended(server, created.id)
})

const post = (path: string, body: string, type = "application/json") =>
  Effect.promise(async () => {
    const response = await fetch(server.url + path, { method: "POST", body, headers: { "content-type": type } })
    return { status: response.status, problem: (await response.json()) as { readonly code?: string } }
  })

describe.skipIf(!existsSync(corpora))("damaged files", () => {
  it("of Parquet are refused, or read as far as they can be", async () => {
    const directory = join(corpora, "parquet-testing/bad_data")
    for (const name of readdirSync(directory).filter((file) => file.endsWith(".parquet"))) {
      const { problem, state } = await Effect.runPromise(run({ [name]: readFileSync(join(directory, name)) }))
      assert.include(["done", "failed"], state)
      if (state === "failed") assert.match(problem?.code ?? "", /^(input\.|mapping|limit\.)/, name)
    }
  })

  it("of JSON are read record by record", async () => {
    const directory = join(corpora, "json-test-suite/test_parsing")
    const files = Object.fromEntries(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name))]))
    const { id, problem, state } = await Effect.runPromise(run(files, fiveSpec))
    assert.deepStrictEqual([state, problem], ["done", null])
    const { accounting, inputs } = await Effect.runPromise(server.client.runs.summary({ params: { id } }))
    assert.strictEqual(inputs.length, Object.keys(files).length)
    assert.strictEqual(accounting.read, accounting.rejected)
  })

  it("are no requests either", async () => {
    const directory = join(corpora, "json-test-suite/test_parsing")
    for (const name of readdirSync(directory)) {
      const body = readFileSync(join(directory, name))
      for (const path of ["/v1/runs", "/v1/uploads/0123456789abcdef0123456789abcdef/recognise"]) {
        const headers = { "content-type": "application/json" }
        const { status } = await fetch(server.url + path, { method: "POST", body, headers })
        assert.include([400, 404], status, name)
      }
    }
  })
})

describe("files that are larger than they look", () => {
  it.effect("fail at the bound of what they may unpack to", () =>
    Effect.gen(function* () {
      const bomb = Buffer.alloc(64 * 2 ** 20, '{"user_id":"u1","event_time":"2024-07-10T10:00:00Z"}\n')
      for (const [name, packed] of [
        ["bomb.jsonl.gz", gzipSync(bomb)],
        ["bomb.jsonl.zst", zstdCompressSync(bomb)]
      ] as const) {
        const { problem, state } = yield* run({ [name]: packed })
        assert.deepStrictEqual([state, problem?.code], ["failed", "input.data"])
        assert.match(problem?.detail ?? "", new RegExp(`^${name} unpacks to more than [\\d,]+ bytes`))
      }
    })
  )

  it.effect("have their overlong records rejected", () =>
    Effect.gen(function* () {
      const long = `{"user_id":"u1","event_time":"2024-07-10T10:00:00Z","x":"${"x".repeat(40 * 2 ** 20)}"}\n`
      const { id, state } = yield* run({ "long.jsonl": five + long + five }, fiveSpec)
      assert.strictEqual(state, "done")
      const { accounting, rejected_by } = yield* server.client.runs.summary({ params: { id } })
      assert.strictEqual(accounting.read, 11)
      assert.deepStrictEqual(
        rejected_by.map(({ count, reason }) => [reason, count]),
        [
          ["invalid ISO-8601", 2],
          ["record of 41,943,099 bytes is over the cap of 1,048,576", 1]
        ]
      )
    })
  )

  it.effect("with too many columns are not guessed, and are read by a spec that names some", () =>
    Effect.gen(function* () {
      const names = ["user_id", "event_time", "event_type", ...Array.from({ length: 100_000 }, (_, i) => `c${i}`)]
      const row = ["u1", "2024-07-10T10:00:00Z", "login", ...Array.from({ length: 100_000 }, (_, i) => `${i}`)]
      const files = { "wide.csv": `${names.join(",")}\n${row.join(",")}\n` }
      const guessed = yield* run(files)
      assert.deepStrictEqual([guessed.state, guessed.problem?.code], ["failed", "limit.columns"])
      assert.strictEqual((yield* run(files, fiveSpec)).state, "done")
    })
  )
})

describe("names and depths", () => {
  it.effect("that JavaScript has a meaning for are names like any other", () =>
    Effect.gen(function* () {
      const record = '{"__proto__":"u1","constructor":"2024-07-10T10:00:00Z","hasOwnProperty":{"__proto__":1}}\n'
      const spec = `version: 1
name: odd
source: { uri: x }
event:
  user: __proto__
  time: constructor
  columns: { toString: hasOwnProperty }
`
      const { id, problem } = yield* run({ __proto__: record, "b.jsonl": record.repeat(2) }, spec)
      assert.isNull(problem)
      const page = yield* text(`${server.url}/v1/runs/${id}/tables/events/rows`)
      assert.include(page, '"__proto__":"u1"')
      const body = '{"__proto__":{"source":{"upload":"x"}},"constructor":1}'
      assert.strictEqual((yield* post("/v1/runs", body)).status, 400)
      assert.isUndefined(({} as { readonly source?: unknown }).source)
    })
  )

  it.effect("are bounded", () =>
    Effect.gen(function* () {
      const deep = "[".repeat(100_000) + "]".repeat(100_000)
      const { id, state } = yield* run({ "deep.jsonl": `{"user_id":${deep},"event_time":"x"}\n${five}` }, fiveSpec)
      assert.strictEqual(state, "done")
      assert.strictEqual((yield* server.client.runs.summary({ params: { id } })).accounting.read, 6)
      const sent = yield* Effect.promise(() => upload(server.url, { "e.jsonl": five }))
      const nested = `{"source":{"upload":"${sent}"},"mapping":${deep}}`
      assert.strictEqual((yield* post("/v1/runs", nested)).status, 400)
      for (const spec of [deep, `version: 1\nx: ${deep}`, `a: &a [x]\n${"b: &b [*a, *a]\n".repeat(3)}`, bomb]) {
        const { problem, status } = yield* post("/v1/runs", JSON.stringify({ source: { upload: sent }, spec }))
        assert.deepStrictEqual([status, problem.code], [422, "spec"])
      }
      const filter = encodeURIComponent("(".repeat(3000))
      const refused = yield* Effect.promise(() =>
        fetch(`${server.url}/v1/runs/${id}/tables/events/rows?filter=${filter}`)
      )
      assert.strictEqual(refused.status, 422)
    })
  )
})

/** Each line refers nine times to the one before. */
const bomb = Array.from({ length: 12 }, (_, i) =>
  i === 0 ? "a0: &a0 [x]" : `a${i}: &a${i} [${Array.from({ length: 9 }, () => `*a${i - 1}`).join(", ")}]`
).join("\n")

describe("uploads", () => {
  it.effect("that are no multipart are refused", () =>
    Effect.gen(function* () {
      const multipart = "multipart/form-data; boundary=X"
      const part = '--X\r\ncontent-disposition: form-data; name="f"; filename="a.csv"\r\n\r\na\r\n'
      for (const [type, body, code] of [
        ["multipart/form-data", "x", "upload.type"],
        ["text/plain", "x", "upload.type"],
        [multipart, "", "upload.broken"],
        [multipart, "garbage", "upload.broken"],
        [multipart, part, "upload.broken"],
        [multipart, "--X--\r\n", "upload.empty"],
        [multipart, '--X\r\ncontent-disposition: form-data; name="f"\r\n\r\nx\r\n--X--\r\n', "upload.field"]
      ] as const) {
        const { problem, status } = yield* post("/v1/uploads", body, type)
        assert.deepStrictEqual([status, problem.code], [400, code], JSON.stringify([type, body]))
      }
      const many = yield* post("/v1/uploads", `${part.repeat(402)}--X--\r\n`, multipart)
      assert.deepStrictEqual([many.status, many.problem.code], [413, "upload.files"])
      const large = yield* post(
        "/v1/uploads",
        part.replace("\r\na\r\n", `\r\n${"a".repeat(2 ** 26 + 1)}\r\n`) + "--X--\r\n",
        multipart
      )
      assert.deepStrictEqual([large.status, large.problem.code], [413, "upload.bytes"])
    })
  )

  it("that are broken off leave nothing behind", async () => {
    const before = await readdir(join(server.data, "uploads"))
    const socket = await opened()
    socket.write(
      "POST /v1/uploads HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=X\r\nContent-Length: 1000000\r\n\r\n"
    )
    socket.write(`--X\r\ncontent-disposition: form-data; name="f"; filename="a.csv"\r\n\r\n${"a".repeat(100_000)}`)
    await until(async () => (await readdir(join(server.data, "uploads"))).length > before.length)
    socket.destroy()
    await until(async () => (await readdir(join(server.data, "uploads"))).length === before.length)
    assert.sameMembers(await readdir(join(server.data, "uploads")), before)
  })
})

describe("slow clients", () => {
  it("are given up, whether they hold back the head of a request or its body", async () => {
    const head = await opened()
    head.write("GET /health HTTP/1.1\r\n")
    const body = await opened()
    body.write(
      "POST /v1/runs HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"
    )
    await Promise.all([head, body].map((socket) => new Promise((done) => socket.resume().once("close", done))))
    assert.isTrue(head.destroyed && body.destroyed)
  })
})

const opened = async (): Promise<Socket> => {
  const socket = connect(Number(new URL(server.url).port), "127.0.0.1")
  await new Promise((done) => socket.once("connect", done))
  return socket.on("error", () => undefined)
}

const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await new Promise((done) => setTimeout(done, 20))
}
