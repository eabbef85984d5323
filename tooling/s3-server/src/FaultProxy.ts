import { once } from "node:events"
import { createServer, type IncomingMessage, request as ask, type Server, type ServerResponse } from "node:http"
import type { AddressInfo } from "node:net"
import { errorBody, type Fault, type FaultRule, type ProxiedRequest } from "./Fault.ts"

/**
 * Stands between a client and a server, passes everything on, and makes the mistakes that it is told to. Signatures stay
 * good: the header `host` is passed on as the client sent it.
 */
export class FaultProxy {
  /** All requests so far, the failed ones, too. */
  readonly requests: Array<ProxiedRequest> = []
  /** `http://127.0.0.1:PORT` */
  readonly endpoint: string
  private readonly rules: Array<{ rule: FaultRule; left: number }> = []
  private readonly server: Server
  private readonly target: URL

  private constructor(server: Server, target: URL) {
    this.server = server
    this.target = target
    this.endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    server.on("request", (request, response) => this.pass(request, response))
  }

  static async start(target: string): Promise<FaultProxy> {
    const server = createServer()
    await once(server.listen(0, "127.0.0.1"), "listening")
    return new FaultProxy(server, new URL(target))
  }

  /** Adds a rule; the first one that fits and is not used up counts. */
  inject(rule: FaultRule): void {
    this.rules.push({ rule, left: rule.times ?? 1 })
  }

  /** Forgets rules and requests. */
  reset(): void {
    this.rules.length = 0
    this.requests.length = 0
  }

  async close(): Promise<void> {
    this.server.closeAllConnections()
    this.server.close()
    await once(this.server, "close")
  }

  private pass(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const { pathname, searchParams } = new URL(incoming.url ?? "/", this.target)
    const request = { method: incoming.method ?? "", path: pathname, query: searchParams, headers: incoming.headers }
    this.requests.push(request)
    const found = this.rules.find(({ left, rule }) => left > 0 && rule.on(request))
    if (found) found.left -= 1
    // The client breaks a connection when it has enough; that is no mistake.
    for (const half of [incoming, outgoing]) half.on("error", () => undefined)
    const fault = found?.rule.fault
    if (fault?.kind === "answer") answer(incoming, outgoing, fault)
    else if (fault?.kind === "cut-request") cutAfter(incoming, fault.after)
    else this.forward(incoming, outgoing, fault)
  }

  private forward(incoming: IncomingMessage, outgoing: ServerResponse, fault: Fault | undefined): void {
    const { expect: _, ...headers } = incoming.headers
    const { hostname, port } = this.target
    const upstream = ask({ hostname, port, method: incoming.method, path: incoming.url, headers }, (answer) => {
      answer.on("error", () => incoming.socket.destroy())
      if (fault?.kind === "lose-answer") {
        answer.resume().on("end", () => incoming.socket.destroy())
        return
      }
      outgoing.writeHead(answer.statusCode ?? 500, answer.headers)
      if (fault?.kind !== "cut-answer" && fault?.kind !== "stall-answer") {
        answer.pipe(outgoing)
        return
      }
      let left = fault.after
      answer.on("data", (bytes: Buffer) => {
        const part = bytes.subarray(0, left)
        left -= part.length
        if (left > 0) {
          outgoing.write(part)
          return
        }
        answer.pause().removeAllListeners("data")
        // All of it must leave before the connection breaks.
        outgoing.write(part, () => fault.kind === "cut-answer" && incoming.socket.destroy())
      })
      answer.on("end", () => outgoing.end())
    })
    upstream.on("error", () => incoming.socket.destroy())
    outgoing.on("close", () => upstream.destroy())
    incoming.pipe(upstream)
  }
}

const answer = (incoming: IncomingMessage, outgoing: ServerResponse, fault: Fault & { readonly kind: "answer" }) => {
  incoming.resume().on("end", () => {
    outgoing.writeHead(fault.status, { "content-type": "application/xml", ...fault.headers })
    outgoing.end(incoming.method === "HEAD" ? undefined : errorBody(fault))
  })
}

const cutAfter = (incoming: IncomingMessage, after: number) => {
  let left = after
  incoming.on("data", (bytes: Buffer) => {
    left -= bytes.length
    if (left <= 0) incoming.socket.destroy()
  })
  incoming.on("end", () => incoming.socket.destroy())
}
