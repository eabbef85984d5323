import { type ChildProcess, spawn } from "node:child_process"
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join, resolve } from "node:path"
import { Site } from "./Site.ts"

const main = resolve(import.meta.dirname, "../../../cli/src/main.ts")

/** `sojourn serve` with the page, as it is built, in a process of its own. */
export class Server {
  readonly address: string
  private readonly directory: string
  private readonly child: ChildProcess

  private constructor(address: string, directory: string, child: ChildProcess) {
    this.address = address
    this.directory = directory
    this.child = child
  }

  static async open(): Promise<Server> {
    const directory = mkdtempSync(join(tmpdir(), "sojourn-served-"))
    const page = join(directory, "page")
    await Site.build(page)
    // As the build of the command does it.
    const html = readFileSync(join(page, "index.html"), "utf8")
    writeFileSync(join(page, "index.html"), html.replace("<title>", '<meta name="sojourn-server" content="" /><title>'))
    const words = [main, "serve", "--port", "0", "--data", join(directory, "data"), "--page", page]
    const child = spawn(process.execPath, words, { stdio: ["ignore", "ignore", "pipe"] })
    const address = await new Promise<string>((done, fail) => {
      let said = ""
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        said += text
        const [found] = /http:\/\/\S+/.exec(said) ?? []
        if (found !== undefined) done(`${found}/`)
      })
      child.once("exit", () => fail(new Error(said)))
    })
    return new Server(address, directory, child)
  }

  async close(): Promise<void> {
    await new Promise((done) => {
      this.child.once("exit", done)
      this.child.kill("SIGTERM")
    })
    rmSync(this.directory, { recursive: true, force: true })
  }
}
