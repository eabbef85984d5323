// Loads the command's code with what V8 made of it in a run before: all functions that were called, where a cache of Node has
// only what is compiled before anything is called. The command starts in three quarters of the time, and so do its threads.
import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from "node:fs"
import module from "node:module"
import { basename, dirname, join } from "node:path"
import { fileURLToPath } from "node:url"
import { Script } from "node:vm"
import { isMainThread } from "node:worker_threads"

const here = dirname(fileURLToPath(import.meta.url))
const nodeRequire = module.createRequire(import.meta.url)
const loaded = new Map()
/** Scripts of which nothing was kept, and where it is to be. */
const unkept = new Map()

// What is called depends on what is done.
const [, , word = ""] = process.argv
const task = isMainThread ? (["run", "serve", "sessions"].includes(word) ? word : "other") : "thread"
const kept = module.getCompileCacheDir?.()

/** Where the compiled code of a file is kept; another version of the file has another place. */
const placeOf = (file) => {
  if (kept === undefined) return undefined
  const { mtimeMs, size } = statSync(file)
  return join(kept, `sojourn-${basename(file)}-${size}-${Math.floor(mtimeMs)}-${task}`)
}

const readIfThere = (file) => {
  try {
    return readFileSync(file)
  } catch {
    return undefined
  }
}

const compile = (file) => {
  const place = placeOf(file)
  const cachedData = place === undefined ? undefined : readIfThere(place)
  // A script cannot import anything by itself without a warning of Node's: build.mjs has put `importModule` there.
  const code = `(function (exports, require, module, __filename, __dirname, importModule) {${readFileSync(file, "utf8")}\n})`
  const script = new Script(code, { filename: file, cachedData })
  if (place !== undefined && (cachedData === undefined || script.cachedDataRejected)) unkept.set(place, script)
  return script.runInThisContext()
}

const importModule = (specifier) => import(specifier)
const require = (id) => (id.startsWith("./") ? load(join(here, id)) : nodeRequire(id))

const load = (file) => {
  const known = loaded.get(file)
  if (known !== undefined) return known.exports
  const own = { exports: {} }
  loaded.set(file, own)
  compile(file).call(own.exports, own.exports, require, own, file, here, importModule)
  return own.exports
}

/** Keeps the code that is compiled by now. Where that is not possible the next run compiles it again. */
const keep = () => {
  for (const [place, script] of unkept) {
    try {
      if (existsSync(place)) continue
      mkdirSync(dirname(place), { recursive: true })
      writeFileSync(`${place}.${process.pid}`, script.createCachedData())
      renameSync(`${place}.${process.pid}`, place)
    } catch {
      // As it was.
    }
  }
  unkept.clear()
}

/** Runs an entry of the bundle. What is compiled is kept when the process ends, or the thread. */
export const start = (name) => {
  process.on("exit", keep)
  load(join(here, `${name}.cjs`))
}
