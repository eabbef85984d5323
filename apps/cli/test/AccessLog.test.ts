import { assert, describe, it } from "@effect/vitest"
import { existsSync, readFileSync } from "node:fs"
import { join } from "node:path"
import { fileURLToPath } from "node:url"
import { directory } from "./support/directory.ts"
import { sojourn } from "./support/inProcess.ts"

const log = fileURLToPath(new URL("../../../../shared/data/access.log", import.meta.url))

const line = (address: string, minute: string, agent: string) =>
  `${address} - - [17/May/2015:10:${minute}:00 +0000] "GET / HTTP/1.1" 200 10 "-" "${agent}"\n`

describe("sojourn sessions access.log", () => {
  it("tells visitors apart by address and agent", async () => {
    const at = directory({ "access.log": line("1.1.1.1", "01", "a") + line("1.1.1.1", "02", "b") + "1.1.1.1 - -\n" })
    const { code, stderr, stdout } = await sojourn("sessions", join(at, "access.log"))
    assert.strictEqual(code, 0)
    assert.include(stderr, "--user address,user_agent  what this format tells visitors apart by")
    assert.include(stdout, "1 × expected [time] after the user")
    assert.match(stdout, /users {7}2\nsessions {4}2\n/)
  })

  it("by address alone where lines name no agent", async () => {
    const common = line("1.1.1.1", "01", "a").replace(/ "-" "a"/, "")
    const at = directory({ "access.log": common + common.replace("10:01", "10:02") })
    const { stderr, stdout } = await sojourn("sessions", join(at, "access.log"))
    assert.match(stderr, /--user address +what/)
    assert.match(stdout, /users {7}1\nsessions {4}1\n/)
  })

  it.skipIf(!existsSync(log))("a real one: 1,753 addresses, 3,052 sessions, with any number of threads", async () => {
    const at = directory({})
    const outs: Array<string> = []
    for (const threads of ["1", "2"]) {
      const out = join(at, `${threads}.csv`)
      const rejects = join(at, `${threads}-rejects.csv`)
      const flags = ["--user", "address", "--gap", "30m", "--threads", threads, "--out", out, "--rejects", rejects]
      const { code, stdout } = await sojourn("sessions", log, ...flags)
      assert.strictEqual(code, 0)
      assert.include(stdout, "accepted    9,999\nrejected    1 (0.01 %)")
      assert.match(stdout, /users {7}1,753\nsessions {4}3,052\n/)
      outs.push(readFileSync(out, "utf8") + readFileSync(rejects, "utf8"))
    }
    assert.strictEqual(outs[0], outs[1])
  })
})
