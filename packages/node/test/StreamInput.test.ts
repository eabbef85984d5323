import { assert, describe, it } from "@effect/vitest"
import * as Effect from "effect/Effect"
import { execFileSync, spawn } from "node:child_process"
import { join } from "node:path"
import { gzipSync } from "node:zlib"
import { Connections } from "@sojourn/core"
import * as Stream from "effect/Stream"
import { builtInFormats } from "../src/Formats.ts"
import * as NodeConnections from "../src/NodeConnections.ts"
import { sampleInputs } from "../src/Sample.ts"
import { directory } from "./support/directory.ts"

const request = { columns: [{ name: "user", path: "user" }], digest: false, maxRecordBytes: 1000 }

const recordsOf = (uri: string) =>
  Effect.gen(function* () {
    const connections = yield* Connections
    const [source] = yield* connections.sources({ uri, format: null })
    return yield* Stream.runFold(
      source.read(request),
      () => 0,
      (sum, { records }) => sum + records.numRows
    )
  }).pipe(Effect.scoped, Effect.provide(NodeConnections.layer(builtInFormats)), Effect.runPromise)

describe("a pipe", () => {
  const text = `user,time\n${"u1,2024-07-10T10:00:00Z\n".repeat(300_000)}`
  for (const [name, content] of [
    ["plain", text],
    ["packed", gzipSync(text, { level: 1 })]
  ] as const) {
    it(`gives all of its ${name} content to a run after a sample of it`, { timeout: 30_000 }, async () => {
      const at = directory({ content })
      const pipe = join(at, "pipe")
      execFileSync("mkfifo", [pipe])
      const writer = spawn("sh", ["-c", 'cat "$0" > "$1"', join(at, "content"), pipe], { stdio: "ignore" })
      const { records, whole } = await Effect.runPromise(sampleInputs([pipe], null))
      assert.isFalse(whole)
      assert.isAbove(records, 1000)
      assert.strictEqual(await recordsOf(pipe), 300_000)
      assert.strictEqual(
        await new Promise((resolve) =>
          writer.exitCode === null ? writer.on("exit", resolve) : resolve(writer.exitCode)
        ),
        0
      )
    })
  }
})
