import { spawn } from "node:child_process"
import { mkdtempSync, writeFileSync } from "node:fs"
import { connect, createServer, type AddressInfo } from "node:net"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { setTimeout as sleep } from "node:timers/promises"
import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3"
import { serverCommand } from "./serverCommand.ts"

/** The only user of the server. */
export const serverCredentials = { accessKeyId: "sojourn-test", secretAccessKey: "sojourn-test-secret-key" }

const startMs = 30_000

/** A server that keeps what it is given until it is closed, on a free port of 127.0.0.1. */
export class S3Server {
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string
  /** The plain client of the SDK, to look at the server past what is tested. */
  readonly client: S3Client
  private readonly stop: () => Promise<void>

  private constructor(endpoint: string, stop: () => Promise<void>) {
    this.endpoint = endpoint
    this.stop = stop
    this.client = new S3Client({ endpoint, region: "us-east-1", forcePathStyle: true, credentials: serverCredentials })
  }

  static async start(...buckets: ReadonlyArray<string>): Promise<S3Server> {
    const directory = mkdtempSync(join(tmpdir(), "sojourn-s3-"))
    const port = await freePort()
    const { command, files } = serverCommand(directory, port, serverCredentials)
    for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text)
    // The watcher ends the server when the shell's input ends, and that also happens when this process dies. The shell
    // clears up.
    const script =
      'exec 3<&0; "$@" & server=$!; { cat <&3; kill $server; } > /dev/null 2>&1 & wait $server; rm -rf -- "$0"'
    const child = spawn("sh", ["-c", script, directory, ...command], { stdio: ["pipe", "pipe", "pipe"] })
    let said = ""
    for (const output of [child.stdout, child.stderr])
      output.on("data", (bytes: Buffer) => (said = (said + bytes.toString()).slice(-4000)))
    let over = false
    const ended = new Promise<void>((resolve) => child.once("exit", () => resolve())).then(() => (over = true))
    const stop = async () => {
      child.stdin.end()
      await ended
    }
    const deadline = Date.now() + startMs
    while (!(await answers(port))) {
      if (over || Date.now() > deadline) {
        await stop()
        throw new Error(`the S3 server did not start: ${said}`)
      }
      await sleep(50)
    }
    const server = new S3Server(`http://127.0.0.1:${port}`, stop)
    for (const bucket of buckets) await server.client.send(new CreateBucketCommand({ Bucket: bucket }))
    return server
  }

  async close(): Promise<void> {
    this.client.destroy()
    await this.stop()
  }
}

const freePort = () =>
  new Promise<number>((resolve, reject) => {
    const server = createServer()
    server.once("error", reject)
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo
      server.close(() => resolve(port))
    })
  })

const answers = (port: number) =>
  new Promise<boolean>((resolve) => {
    const socket = connect(port, "127.0.0.1")
    socket.once("connect", () => resolve(true)).once("error", () => resolve(false))
    socket.once("connect", () => socket.destroy())
  })
