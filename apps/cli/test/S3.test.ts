import {
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand
} from "@aws-sdk/client-s3"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { noS3Server, S3Server, serverCredentials } from "@sojourn/s3-server"
import { readdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { setTimeout } from "node:timers/promises"
import { buildIfStale, start } from "./support/command.ts"
import { directory } from "./support/directory.ts"

const events = (users: number, count = 3000): string =>
  Array.from(
    { length: count },
    (_, i) =>
      `${JSON.stringify({ user: i % 50 === 0 ? null : `u${(i * 7) % users}`, time: new Date(Date.UTC(2024, 0, 1) + i * 97_000).toISOString(), type: "view", n: i })}\n`
  ).join("")

const spec = (input: string, output: string) => `version: 1
name: s3
source: { uri: "${input}" }
event: { user: user, time: time, type: type, columns: { n: n } }
sessions: { gap: 5m }
outputs:
  sessions: { uri: ${output}/days, format: parquet, partition: [date] }
  events: { uri: ${output}/events.parquet }
  rejects: { uri: ${output}/rejects.csv, columns: [event, code, reason, user, time] }
`

describe.skipIf(noS3Server !== undefined)("S3", () => {
  let server: S3Server
  beforeAll(async () => {
    buildIfStale()
    server = await S3Server.start("data", "kill")
  }, 120_000)
  afterAll(() => server?.close())

  const begin = (words: ReadonlyArray<string>, more: Readonly<Record<string, string>> = {}) =>
    start(words, {
      env: {
        AWS_ENDPOINT_URL: server.endpoint,
        AWS_ACCESS_KEY_ID: serverCredentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: serverCredentials.secretAccessKey,
        AWS_REGION: "us-east-1",
        ...more
      }
    })
  const run = (text: string, ...flags: ReadonlyArray<string>) =>
    begin(["run", join(directory({ "spec.yaml": text }), "spec.yaml"), "-q", ...flags]).ended

  const put = (Bucket: string, Key: string, Body: string) =>
    server.client.send(new PutObjectCommand({ Bucket, Key, Body }))

  /** Every object of a bucket below a prefix, by the rest of its key. */
  const objects = async (Bucket: string, prefix: string): Promise<Readonly<Record<string, string>>> => {
    const { Contents = [] } = await server.client.send(new ListObjectsV2Command({ Bucket, Prefix: prefix }))
    const found: Record<string, string> = {}
    for (const { Key = "" } of Contents) {
      const { Body } = await server.client.send(new GetObjectCommand({ Bucket, Key }))
      found[Key.slice(prefix.length)] = (await Body?.transformToString("latin1")) ?? ""
    }
    return found
  }

  const files = (at: string): Readonly<Record<string, string>> =>
    Object.fromEntries(
      readdirSync(at, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map(({ name, parentPath }) => join(parentPath, name))
        .map((path) => [path.slice(at.length + 1), readFileSync(path, "latin1")])
    )

  it("gets the bytes that a local disk gets, again and again, and no other object", async () => {
    const at = directory({ "in.jsonl": events(9) })
    await put("data", "in/date=1/in.jsonl", events(9))
    const local = await run(spec(join(at, "in.jsonl"), join(at, "out")))
    assert.strictEqual(local.code, 0, local.stderr)
    const expected = files(join(at, "out"))
    assert.isAbove(Object.keys(expected).length, 4)
    for (const threads of ["1", "2", "2"]) {
      const { code, stderr } = await run(spec("s3://data/in/date=1/in.jsonl", "s3://data/out"), "--threads", threads)
      assert.strictEqual(code, 0, stderr)
      const found = await objects("data", "out/")
      assert.deepStrictEqual(Object.keys(found).sort(), Object.keys(expected).sort())
      // Rejects name their source.
      for (const path of Object.keys(expected)) assert.isTrue(found[path] === expected[path], path)
    }
    const { Uploads } = await server.client.send(new ListMultipartUploadsCommand({ Bucket: "data" }))
    assert.deepStrictEqual(Uploads ?? [], [])
  })

  it("is read by increments, told by ETags, and only partitions that change are written", async () => {
    const at = directory({ "spec.yaml": spec("s3://data/inc/in", "s3://data/inc/out") })
    const flags = ["--as-of", "2024-02-01T00:00:00Z", "--threads", "1"]
    const state = ["--state", join(at, "state")]
    const increment = () => begin(["run", join(at, "spec.yaml"), "-q", ...flags, ...state, "--prune"]).ended
    await put("data", "inc/in/a.jsonl", events(9, 1200))
    const others = events(4, 700).replaceAll('"u', '"b')
    await put("data", "inc/in/b.jsonl", others)
    assert.strictEqual((await increment()).code, 0)
    const versions = async () => {
      const listed = await server.client.send(new ListObjectsV2Command({ Bucket: "data", Prefix: "inc/out/" }))
      return new Map((listed.Contents ?? []).map(({ Key = "", LastModified }) => [Key, Number(LastModified)]))
    }
    const before = await versions()
    await setTimeout(1100)
    // Other users, on the first day only; and an event of a new day.
    await put("data", "inc/in/b.jsonl", others.replaceAll('"b1"', '"x"'))
    await put("data", "inc/in/c.jsonl", '{"user":"y","time":"2024-03-01T00:00:00Z","type":"view","n":1}\n')
    const { code, stderr } = await increment()
    assert.strictEqual(code, 0, stderr)
    const found = await objects("data", "inc/out/")
    const last = "inc/out/days/date=2024-01-02/part-0.parquet"
    assert.strictEqual((await versions()).get(last), before.get(last))
    const known = JSON.parse(readFileSync(join(at, "state/state.json"), "utf8")) as {
      readonly files: ReadonlyArray<{ readonly parts: ReadonlyArray<{ readonly id: number }> }>
    }
    assert.deepStrictEqual(
      known.files.map(({ parts }) => parts.map(({ id }) => id)),
      [[0], [2], [3]]
    )
    assert.strictEqual((await run(spec("s3://data/inc/in", "s3://data/inc/full"), ...flags)).code, 0)
    assert.deepStrictEqual(found, await objects("data", "inc/full/"))
  })

  it("is read by file, directory and pattern, JSON lines and Parquet, with any number of threads", async () => {
    const at = directory({ "a.jsonl": events(5, 400), "b.jsonl": events(6, 300) })
    await put("data", "many/date=2024-01-01/a.jsonl", events(5, 400))
    await put("data", "many/date=2024-01-02/b.jsonl", events(6, 300))
    await put("data", "many/date=2024-01-02/_SUCCESS", "done")
    await put("data", "many/.hidden/c.jsonl", "no JSON")
    const flags = ["--user", "user", "--time", "time", "--type", "type", "--gap", "5m", "--out", "-", "-q"]
    const local = await begin(["sessions", at, ...flags]).ended
    assert.isAbove(local.stdout.length, 1000, local.stderr)
    for (const uri of ["s3://data/many", "s3://data/many/", "s3://data/many/date=*/*.jsonl", "s3://data/many/date=*"]) {
      const { stderr, stdout } = await begin(["sessions", uri, ...flags]).ended
      assert.isTrue(stdout === local.stdout, `${uri}: ${stderr}`)
    }
    const column = [
      "sessions",
      "s3://data/out/events.parquet",
      "--user",
      "user",
      "--time",
      "time",
      "--gap",
      "5m",
      "--out",
      "-",
      "-q"
    ]
    const outcomes = []
    for (const threads of ["1", "2"]) {
      const { code, stderr, stdout } = await begin([...column, "--threads", threads]).ended
      assert.strictEqual(code, 0, stderr)
      outcomes.push(stdout)
    }
    assert.isAbove(outcomes[0].length, 1000)
    assert.strictEqual(outcomes[1], outcomes[0])
    const inspected = await begin(["inspect", "s3://data/out/events.parquet"]).ended
    assert.include(inspected.stdout, "Parquet, 1 row group; 2,940 records", inspected.stderr)
  })

  it("is one sentence and what to do where it cannot be reached", async () => {
    const told = async (words: ReadonlyArray<string>, env = {}) => {
      const { code, stderr } = await begin(["sessions", ...words, "--user", "u", "--time", "t"], env).ended
      assert.notMatch(stderr, /\n\s+at /)
      return `${code}: ${stderr}`
    }
    assert.match(await told(["s3://data/none.jsonl"]), /^3: .*no such file, and none below s3:\/\/data\/none.jsonl\//)
    assert.match(await told(["s3://data/none/*.jsonl"]), /^3: .*no file matches s3:\/\/data\/none/)
    assert.match(await told(["s3://missing/a.jsonl"]), /^3: .*bucket/)
    assert.match(
      await told(["gs://data/a.jsonl"]),
      /^\d: .*there is no store for gs:\/\/\n.*expected a path, or a uri that begins with s3:\/\//
    )
    const wrong = await told(["s3://data/in"], { AWS_SECRET_ACCESS_KEY: "wrong" })
    assert.match(wrong, /^3: /)
    assert.notInclude(wrong, serverCredentials.secretAccessKey)
  })

  it(
    "has all outputs old or all new when the command is killed, and the next run completes",
    { timeout: 300_000 },
    async () => {
      const at = directory({ "old.jsonl": events(3), "new.jsonl": events(8) })
      const write = (name: string) => spec(join(at, name), "s3://kill/out")
      const complete = async (name: string) => {
        const { code, stderr } = await run(write(name))
        assert.strictEqual(code, 0, stderr)
        return objects("kill", "out/")
      }
      const after = await complete("new.jsonl")
      const before = await complete("old.jsonl")
      assert.deepStrictEqual(Object.keys(before), Object.keys(after))
      const started = Date.now()
      await complete("new.jsonl")
      const whole = Date.now() - started
      const outcomes = new Set<string>()
      for (let i = 0; i < 25; i++) {
        await complete("old.jsonl")
        const path = join(directory({ "spec.yaml": write("new.jsonl") }), "spec.yaml")
        const { child, ended } = begin(["run", path, "-q"])
        // From long before the commit to after it.
        await setTimeout(whole * (0.2 + (1.2 * i) / 25))
        if (i === 24) await ended
        child.kill("SIGKILL")
        await ended
        assert.strictEqual((await run(write("missing.jsonl"))).code, 3)
        const found = await objects("kill", "out/")
        const isAfter =
          found["rejects.csv"] === after["rejects.csv"] && found["events.parquet"] === after["events.parquet"]
        assert.deepStrictEqual(found, isAfter ? after : before, `moment ${i}`)
        outcomes.add(isAfter ? "after" : "before")
      }
      assert.strictEqual(outcomes.size, 2)
      assert.deepStrictEqual(await complete("new.jsonl"), after)
    }
  )
})
