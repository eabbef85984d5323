// Loaded before the command: kills the process at the file operation, or statement to DuckDB, whose number is in KILL_AT,
// counted from 1. A write is cut in the middle, everything else is not begun.
import { DuckDBConnection, DuckDBInstance } from "@duckdb/node-api"
import fs from "node:fs/promises"
import { syncBuiltinESMExports } from "node:module"

let left = Number(process.env.KILL_AT)
const die = () => process.kill(process.pid, "SIGKILL")
const counted = (object, name, counts = () => true, half = () => Promise.resolve()) => {
  const original = object[name]
  object[name] = async function (...given) {
    if (counts(given) && --left === 0) {
      await half(original.bind(this), given)
      die()
    }
    return original.apply(this, given)
  }
}

const handle = await fs.open(process.execPath)
const fileHandle = Object.getPrototypeOf(handle)
await handle.close()
for (const name of ["rename", "rm", "mkdir"]) counted(fs, name)
counted(fs, "open", ([, flags]) => flags === "wx")
counted(fileHandle, "sync")
counted(fileHandle, "writeFile", undefined, (write, [bytes]) => write(bytes.slice(0, bytes.length / 2)))
counted(DuckDBConnection.prototype, "run")
counted(DuckDBInstance, "create")
syncBuiltinESMExports()
