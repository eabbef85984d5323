import { assert, it } from "@effect/vitest"
import { globSync, readFileSync } from "node:fs"
import { resolve } from "node:path"

const config = resolve(import.meta.dirname, "../../config")

it("tsconfig.all.json lists every project of the workspace", () => {
  const { references } = JSON.parse(readFileSync(resolve(config, "tsconfig.all.json"), "utf8"))
  const listed = references.map(({ path }: { path: string }) =>
    resolve(config, path.endsWith(".json") ? path : `${path}/tsconfig.json`)
  )
  const projects = globSync("{packages,apps,tooling}/*/tsconfig*.json", {
    cwd: resolve(config, "../.."),
    exclude: ["tooling/config/**"]
  }).map((path) => resolve(config, "../..", path))
  assert.isAbove(projects.length, 0)
  assert.sameMembers(listed, projects)
})
