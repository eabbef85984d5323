import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand } from "@aws-sdk/client-s3"
import { afterAll, assert, beforeAll, describe, it } from "@effect/vitest"
import { noS3Server, S3Server, serverCredentials } from "@sojourn/s3-server"
import { mkdirSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { buildIfStale } from "../support/command.ts"
import { directory } from "../support/directory.ts"
import { askDuckDb, filesBelow, runIn, withSample } from "./support.ts"

describe.skipIf(noS3Server !== undefined)("learning-sessions in S3", () => {
  let server: S3Server
  beforeAll(async () => {
    buildIfStale()
    server = await S3Server.start("lake")
  }, 120_000)
  afterAll(() => server?.close())

  const run = async (at: string, flags: string) => {
    const env = {
      STUDENT_KEY: "a secret",
      AWS_ENDPOINT_URL: server.endpoint,
      AWS_ACCESS_KEY_ID: serverCredentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: serverCredentials.secretAccessKey,
      AWS_REGION: "us-east-1"
    }
    const { code, stderr } = await runIn(at, `learning-sessions ${flags}`, env)
    assert.strictEqual(code, 0, stderr)
  }

  /** Puts the raw events of a directory below a prefix. */
  const upload = async (at: string, prefix: string): Promise<void> => {
    for (const path of filesBelow(at, [])) {
      const Body = readFileSync(join(at, path))
      await server.client.send(new PutObjectCommand({ Bucket: "lake", Key: `${prefix}/${path}`, Body }))
    }
  }

  /** What lies below a prefix, by the rest of its key. */
  const objects = async (prefix: string): Promise<Readonly<Record<string, string>>> => {
    const { Contents = [] } = await server.client.send(new ListObjectsV2Command({ Bucket: "lake", Prefix: prefix }))
    const found: Record<string, string> = {}
    for (const { Key = "" } of Contents) {
      const { Body } = await server.client.send(new GetObjectCommand({ Bucket: "lake", Key }))
      found[Key.slice(prefix.length + 1)] = (await Body?.transformToString("latin1")) ?? ""
    }
    return found
  }

  const files = (at: string): Readonly<Record<string, string>> =>
    Object.fromEntries(filesBelow(at, []).map((path) => [path, readFileSync(join(at, path), "latin1")]))

  /** The same raw events as Parquet. */
  const columnar = async (at: string): Promise<string> => {
    const other = directory()
    mkdirSync(join(other, "data/raw"), { recursive: true })
    await askDuckDb(
      at,
      `copy (select * from read_json('data/raw/events/*/*.jsonl', hive_partitioning = true)) to '${other}/data/raw/events' (format parquet, partition_by date)`
    )
    return other
  }

  it.each([["JSON"], ["Parquet"]])("makes of %s what it makes on a local disk, again and again", async (format) => {
    const sample = await withSample("learning-sessions", 600)
    const at = format === "JSON" ? sample : await columnar(sample)
    const prefix = format.toLowerCase()
    await upload(join(at, "data"), prefix)
    await run(at, "")
    const local = files(join(at, "data"))
    assert.isAbove(Object.keys(local).length, 30)
    await run(at, `--data s3://lake/${prefix}`)
    assert.deepStrictEqual(await objects(prefix), local)
    await run(at, `--data s3://lake/${prefix} --threads 1`)
    assert.deepStrictEqual(await objects(prefix), local)
  })

  it("takes events in, and writes some dates alone", async () => {
    const at = await withSample("learning-sessions", 600)
    await run(at, "")
    const local = files(join(at, "data"))
    await upload(join(at, "data/raw"), "some/raw")
    await run(at, "--data s3://lake/some --from 2024-07-04 --to 2024-07-05")
    const wanted = Object.entries(local).filter(([path]) => /^raw|date=2024-07-0[45]/.test(path))
    assert.deepStrictEqual(await objects("some"), Object.fromEntries(wanted))
    await run(at, "--data s3://lake/taken --input data/raw/events")
    const taken = Object.entries(await objects("taken")).filter(([path]) => !path.startsWith("raw"))
    assert.deepStrictEqual(
      taken.map(([path]) => path),
      Object.keys(local).filter((path) => !path.startsWith("raw"))
    )
  })
})
