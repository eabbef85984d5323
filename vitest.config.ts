import { globSync, readFileSync } from "node:fs"
import { dirname } from "node:path"
import { defineConfig } from "vitest/config"

export default defineConfig({
  test: {
    maxWorkers: "100%",
    // A bound against hanging only: machines are slow and busy at times.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Test files share a worker, as loading Effect takes longer than most of them. So none may leave global state behind.
    isolate: false,
    projects: globSync("{packages,apps,tooling}/*/package.json").map((path) => ({
      extends: true,
      root: dirname(path),
      // Templates are packages of their own: they are tested where they have been installed.
      test: {
        name: JSON.parse(readFileSync(path, "utf8")).name,
        exclude: ["**/node_modules/**", "**/dist/**", "**/templates/**"]
      }
    }))
  }
})
