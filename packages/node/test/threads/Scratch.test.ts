import { assert, it } from "@effect/vitest"
import { directory } from "../support/directory.ts"
import { runFiles, memory } from "./runFiles.ts"

const spec = `version: 1
name: x
source: { uri: "$AT/*.jsonl" }
event: { id: id, user: u, time: t }
sessions: { gap: 30m }
outputs: { sessions: { uri: $AT/out/s.csv }, events: { uri: $AT/out/e.csv }, rejects: { uri: $AT/out/r.csv } }
`
it("x", async () => {
  const at = directory({ "a.jsonl": Array.from({ length: 400 }, (_, i) => JSON.stringify({ id: i % 300, u: `u${i % 7}`, t: `2024-07-10T10:${10 + (i % 50)}:00Z` }) + "\n").join("") })
  const time = async (name: string, s: object) => {
    const a = performance.now()
    const r = await runFiles(at, spec, s)
    console.log(name, performance.now() - a)
    return r
  }
  const ref = await time("plain", { plain: true })
  const r2 = await time("solo", {})
  assert.deepStrictEqual(r2, ref)
  for (const chunkBytes of [1, 7, 4096]) assert.deepStrictEqual(await time("chunk", { chunkBytes }), ref)
  for (const threads of [1, 2, 4]) for (const pieceBytes of [64, 1000, 1e7]) for (const eventBytes of [1, memory.enough]) {
    assert.deepStrictEqual(await time(`${threads} ${pieceBytes} ${eventBytes}`, { crew: { threads, pieceBytes, eventBytes } }), ref)
  }
})
