import { spawn } from "node:child_process"
import { once } from "node:events"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { ListBucketsCommand } from "@aws-sdk/client-s3"
import { assert, describe, it } from "vitest"
import { noS3Server, S3Server } from "../src/index.ts"

const alive = (endpoint: string) =>
  fetch(endpoint).then(
    () => true,
    () => false
  )

describe.skipIf(noS3Server)("S3Server", () => {
  it("runs with its buckets until it is closed", async () => {
    const server = await S3Server.start("one-bucket", "two-buckets")
    const { Buckets = [] } = await server.client.send(new ListBucketsCommand({}))
    assert.sameMembers(
      Buckets.map(({ Name }) => Name),
      ["one-bucket", "two-buckets"]
    )
    await server.close()
    assert.isFalse(await alive(server.endpoint))
  })

  it("ends with the process that started it, even if that is killed", async () => {
    const index = join(import.meta.dirname, "../src/index.ts")
    const script = `const { S3Server } = await import(${JSON.stringify(index)}); console.log((await S3Server.start()).endpoint)`
    const child = spawn(process.execPath, [
      "--disable-warning=ExperimentalWarning",
      "--input-type=module",
      "-e",
      script
    ])
    const [printed] = (await once(child.stdout, "data")) as [Buffer]
    const endpoint = printed.toString().trim()
    assert.isTrue(await alive(endpoint))
    child.kill("SIGKILL")
    await once(child, "close")
    for (let tries = 0; tries < 200 && (await alive(endpoint)); tries++) await sleep(50)
    assert.isFalse(await alive(endpoint))
  })
})
