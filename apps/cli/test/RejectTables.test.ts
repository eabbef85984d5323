import { assert, describe, it } from "@effect/vitest"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { directory } from "./support/directory.ts"
import { sojourn } from "./support/inProcess.ts"

const spec = (at: string) => `version: 1
name: quarantine
source: { uri: "${at}/in" }
event: { user: user, columns: { n: "n::int64" } }
tables:
  bad:
    from: rejects
    columns: { file: "regexp_extract(source, '([^/]*?)(\\\\.csv)?$', 1)", user: user, n: n, error: reason }
  reasons: { from: rejects, by: [code], columns: { n: count(*) }, order: [n desc] }
outputs:
  bad: { uri: "${at}/out/*_errors.csv", partition: [file] }
  reasons: { uri: "${at}/reasons.csv" }
`

const text = (...path: ReadonlyArray<string>): string => readFileSync(join(...path), "utf8")

describe("tables of rejects", () => {
  it("are made like others, and divided into a file an input, which goes when nothing is wrong with it any more", async () => {
    const at = directory({
      "in/a.csv": "user,n\nann,1\n,2\n",
      "in/b.csv": "user,n\nbob,x\n,3\n",
      "in/c.csv": "user,n\ncid,4\n"
    })
    const path = join(directory({ "s.yaml": spec(at) }), "s.yaml")
    for (const threads of ["1", "2"]) {
      const { code, stderr } = await sojourn("run", path, "--quiet", "--threads", threads)
      assert.strictEqual(code, 0, stderr)
      assert.strictEqual(text(at, "out/a_errors.csv"), "user,n,error\n,2,missing user\n")
      assert.strictEqual(text(at, "out/b_errors.csv"), "user,n,error\nbob,x,invalid int64 for n\n,3,missing user\n")
      assert.isFalse(existsSync(join(at, "out/c_errors.csv")))
      assert.strictEqual(text(at, "reasons.csv"), "code,n\nfield.missing,2\nfield.type,1\n")
    }
    writeFileSync(join(at, "in/a.csv"), "user,n\nann,1\n")
    assert.strictEqual((await sojourn("run", path, "--quiet")).code, 0)
    assert.isFalse(existsSync(join(at, "out/a_errors.csv")))
    assert.isTrue(existsSync(join(at, "out/b_errors.csv")))
  })

  it("end the run where one of their values cannot be computed, and leave everything as it was", async () => {
    const at = directory({ "in/a.csv": "user,n\nann,1\n,2\n" })
    const wrong = spec(at).replace("error: reason", "error: user::int64, code: reason::int64")
    const path = join(directory({ "s.yaml": wrong }), "s.yaml")
    const { code, stderr } = await sojourn("run", path, "--quiet")
    assert.strictEqual(code, 3)
    assert.include(stderr, "tables.bad.columns.code")
    assert.isFalse(existsSync(join(at, "reasons.csv")))
  })

  it.each([
    ["out/*/x.csv", "[file]", "expected one * in the name of the files, such as out/*.csv"],
    ["out/*-*.csv", "[file]", "expected one * in the name of the files, such as out/*.csv"],
    ["out/*.csv", "[file, error]", 'a * in "uri" is the value of one column, and there are 2']
  ])("go to %s, divided by %s, only if that is one file a value", async (uri, columns, message) => {
    const at = directory({ "in/a.csv": "user,n\nann,1\n" })
    const other = spec(at)
      .replace(`"${at}/out/*_errors.csv"`, `"${uri}"`)
      .replace("partition: [file]", `partition: ${columns}`)
    const path = join(directory({ "s.yaml": other }), "s.yaml")
    const { code, stderr } = await sojourn("run", path)
    assert.strictEqual(code, 2)
    assert.include(stderr, message)
  })
})
