import { execFile } from "node:child_process"
import { once } from "node:events"
import { existsSync, readFileSync, readdirSync } from "node:fs"
import { createServer, type Server } from "node:http"
import type { AddressInfo } from "node:net"
import { extname, join, resolve, sep } from "node:path"
import { promisify } from "node:util"

const vite = resolve(import.meta.dirname, "../../node_modules/vite/bin/vite.js")
const app = resolve(import.meta.dirname, "../..")

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm"
}

/** The page as it is built, on a static host at a path of its own. */
export class Site {
  readonly address: string
  readonly directory: string
  private readonly server: Server

  private constructor(server: Server, address: string, directory: string) {
    this.server = server
    this.address = address
    this.directory = directory
  }

  /** Builds the page into a directory: as a command, for the environment of tests is none to build for. */
  static async build(directory: string): Promise<void> {
    const words = [vite, "build", "--logLevel", "error", "--outDir", directory, "--emptyOutDir"]
    await promisify(execFile)(process.execPath, words, { cwd: app, env: { ...process.env, NODE_ENV: "production" } })
  }

  static async open(directory: string): Promise<Site> {
    await Site.build(directory)
    const server = createServer(({ url = "" }, response) => {
      const path = join(
        directory,
        decodeURIComponent(url.split("?")[0])
          .replace(/^\/page\/$/, "/page/index.html")
          .slice(5)
      )
      if (!url.startsWith("/page/") || !path.startsWith(directory + sep) || !existsSync(path)) {
        response.writeHead(404).end()
        return
      }
      response.writeHead(200, { "content-type": types[extname(path)] ?? "application/octet-stream" })
      response.end(readFileSync(path))
    })
    await once(server.listen(0, "127.0.0.1"), "listening")
    const { port } = server.address() as AddressInfo
    return new Site(server, `http://127.0.0.1:${port}/page/`, directory)
  }

  /** Names of the files beside the page. */
  files(): ReadonlyArray<string> {
    return readdirSync(join(this.directory, "assets"))
  }

  read(name: string): Uint8Array {
    return readFileSync(join(this.directory, "assets", name))
  }

  close(): void {
    this.server.close()
  }
}
