#!/usr/bin/env node
import { existsSync, readFileSync } from "node:fs"
import { join, relative } from "node:path"
import { root } from "./setup.mjs"

// Counts the tests of one run from vitest's JSON report (the only argument) and prints `PASSED FAILED SKIPPED`.
// A skipped test counts as failed, with one exception: `../shared`, where the public corpora lie, is not there and the
// file of the test names it. Lists on stderr what was skipped.

const [report] = process.argv.slice(2)
const count = { passed: 0, failed: 0, skipped: 0 }

if (existsSync(report)) {
  const withoutCorpora = !existsSync(join(root, "../shared"))
  for (const file of JSON.parse(readFileSync(report, "utf8")).testResults) {
    const excused = withoutCorpora && existsSync(file.name) && /\bshared\b/.test(readFileSync(file.name, "utf8"))
    // A file that could not be loaded has no tests to count.
    if (file.status === "failed" && file.assertionResults.length === 0) count.failed += 1
    for (const { fullName, status } of file.assertionResults) {
      if (status === "passed" || status === "failed") count[status] += 1
      else {
        count[excused ? "skipped" : "failed"] += 1
        console.error(`${status}${excused ? "" : " (not allowed)"}: ${relative(root, file.name)}: ${fullName}`)
      }
    }
  }
}

console.log(count.passed, count.failed, count.skipped)
