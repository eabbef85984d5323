import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { readdir, rm } from "node:fs/promises"
import { connect, type Socket } from "node:net"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { gzipSync, zstdCompressSync } from "node:zlib"
import { afterAll, afterEach, beforeAll } from "vitest"
import { five, fiveSpec } from "./support/five.ts"
import { heldBytes, resident, type ServerProcess, spawnServer, startProcess } from "./support/process.ts"
import { ended, temporary, text, upload } from "./support/server.ts"

const corpora = fileURLToPath(new URL("../../../../shared/corpora/", import.meta.url))

const limits = {
  uploadBytes: 2 ** 26,
  uploadFiles: 400,
  uploadPatience: 2,
  recordBytes: 2 ** 20,
  runMemory: 1.2e9,
  recogniseSeconds: 20,
  runSeconds: 60,
  headSeconds: 1,
  silentSeconds: 5
}

/** For what takes long by itself. */
const patient = { recogniseSeconds: 300, runSeconds: 600, silentSeconds: 600 }

let server: ServerProcess
/** What the server holds, and its resident memory, when it has done one run. */
let before: { readonly held: number; readonly resident: number }
beforeAll(async () => {
  server = await spawnServer(await temporary(), {}, limits)
  await Effect.runPromise(run({ "first.jsonl": five }))
  before = { held: await heldBytes(server.child), resident: resident(server.child).bytes }
})
afterAll(async () => {
  await server.kill()
  await rm(server.data, { recursive: true })
})

// Whatever a test has sent, the server answers afterwards, has no process left, and gives its memory back.
afterEach(async () => {
  assert.strictEqual((await fetch(`${server.url}/health`)).status, 200)
  await until(() => Promise.resolve(resident(server.child).children.length === 0))
  assert.isBelow(await heldBytes(server.child), before.held + mostHeld)
  assert.isBelow(resident(server.child).bytes, before.resident + mostResident)
})

/** What uploads and runs that are kept are known by. */
const mostHeld = 10e6
/** The allocator keeps some of what was freed. */
const mostResident = 100e6

const runOf = Effect.fnUntraced(function* (upload: string, spec?: string) {
  const payload = { source: { upload }, ...(spec === undefined ? {} : { spec }) }
  const created = yield* server.client.runs.create({ payload })
  return yield* ended(server, created.id)
})

const run = (files: Readonly<Record<string, string | Uint8Array>>, spec?: string) =>
  Effect.flatMap(
    Effect.promise(() => upload(server.url, files)),
    (id) => runOf(id, spec)
  )

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
        // Nor does it get out where the server itself unpacks.
        const id = yield* Effect.promise(() => upload(server.url, { [name]: packed }))
        const { lines, text } = server.client.uploads
        for (const refused of [
          yield* Effect.flip(lines({ params: { id }, query: { file: name } })),
          yield* Effect.flip(text({ params: { id }, query: { file: name, offset: 60e6 } }))
        ]) {
          assert.deepInclude(refused, { status: 422, code: "input.data" })
        }
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

  it.effect(
    "are one record of a gigabyte, which is rejected in bounded memory",
    () =>
      Effect.gen(function* () {
        const data = yield* Effect.promise(() => temporary())
        const large = yield* Effect.promise(() =>
          startProcess(data, {}, { ...limits, ...patient, uploadBytes: 2 ** 31 })
        )
        const before = yield* Effect.promise(() => heldBytes(large.child))
        const id = yield* Effect.promise(() => sendLine(large.url, 1e9))
        assert.isBelow((yield* Effect.promise(() => heldBytes(large.child))) - before, mostHeld)
        const { lines } = yield* large.client.uploads.lines({ params: { id }, query: { file: "line.jsonl" } })
        assert.deepStrictEqual(
          lines.map(({ cut, text }) => cut + text.length),
          [1e9, five.indexOf("\n")]
        )
        const created = yield* large.client.runs.create({ payload: { source: { upload: id }, spec: fiveSpec } })
        const { problem, state } = yield* ended(large, created.id)
        assert.deepStrictEqual([state, problem], ["done", null])
        const { accounting, rejected_by } = yield* large.client.runs.summary({ params: { id: created.id } })
        assert.deepStrictEqual([accounting.read, accounting.accepted], [2, 1])
        assert.include(rejected_by[0]?.reason, "is over the cap of 1,048,576")
        assert.isBelow((yield* Effect.promise(() => heldBytes(large.child))) - before, mostHeld)
        yield* Effect.promise(large.kill)
        yield* Effect.promise(() => rm(data, { recursive: true }))
      }),
    900_000
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
      const large = yield* post(
        "/v1/runs",
        JSON.stringify({ source: { upload: sent }, spec: `x: [${"a, ".repeat(1e5)}]` })
      )
      assert.deepStrictEqual([large.status, large.problem.code], [413, "body"])
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

/** Sends one record of so many bytes, and a second one after it, without having them in one piece anywhere. */
const sendLine = async (url: string, length: number): Promise<string> => {
  const begin = '{"user_id":"u1","event_time":"2024-07-10T10:00:00Z","x":"'
  const end = '"}\n'
  const piece = Buffer.alloc(2 ** 20, "x")
  const body = async function* () {
    yield Buffer.from(`--X\r\ncontent-disposition: form-data; name="f"; filename="line.jsonl"\r\n\r\n${begin}`)
    for (let left = length - begin.length - end.trim().length; left > 0; left -= piece.length) {
      yield piece.subarray(0, left)
    }
    yield Buffer.from(`${end}${five.slice(0, five.indexOf("\n"))}\r\n--X--\r\n`)
  }
  const headers = { "content-type": "multipart/form-data; boundary=X" }
  const response = await fetch(`${url}/v1/uploads`, {
    method: "POST",
    headers,
    body: ReadableStream.from(body()),
    duplex: "half"
  } as RequestInit)
  assert.strictEqual(response.status, 201)
  return ((await response.json()) as { readonly id: string }).id
}

describe("slow clients", () => {
  it("are given up where they send an upload byte by byte", async () => {
    const kept = await readdir(join(server.data, "uploads"))
    const socket = await opened()
    let answer = ""
    socket.setEncoding("utf8").on("data", (text: string) => {
      answer += text
    })
    socket.write(
      "POST /v1/uploads HTTP/1.1\r\nHost: localhost\r\nContent-Type: multipart/form-data; boundary=X\r\nContent-Length: 1000000\r\n\r\n"
    )
    socket.write(`--X\r\ncontent-disposition: form-data; name="f"; filename="a.csv"\r\n\r\n`)
    await until(async () => {
      socket.write("a")
      return answer.includes("\r\n\r\n") || socket.destroyed
    })
    assert.match(answer, /^HTTP\/1.1 400 [^]*application\/problem\+json[^]*"upload\.slow"/)
    socket.destroy()
    await until(async () => (await readdir(join(server.data, "uploads"))).length === kept.length)
  })

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
