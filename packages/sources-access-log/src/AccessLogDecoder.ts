import { type Decoder, defineDecoder } from "@sojourn/core"
import { AccessLogDecoding } from "./AccessLogDecoding.ts"
import { AccessLogOptions } from "./AccessLogOptions.ts"

const blockBytes = 1 << 20
const nothingWanted = { columns: [], digest: false, maxRecordBytes: 16 * 1024 * 1024 }

const decoder = new TextDecoder()
const combined = /^[^\s{["]\S* \S+ [^"]* ?\[\d{2}\/[A-Z][a-z]{2}\/\d{4}:\d{2}:\d{2}:\d{2} [+-]\d{4}\] "/
const directive = /^#(Version|Fields|Software|Date|Start-Date|End-Date|Remark):/i

/**
 * Access logs of web servers: the Common and the Combined Log Format and the W3C extended format. A line that cannot
 * be read is rejected alone: `log.syntax`, `text.encoding` or `record.size`. Times are given in ISO 8601.
 */
export const accessLogDecoder: Decoder<AccessLogOptions> = defineDecoder({
  name: "access-log",
  summary: "Access logs of web servers: Common, Combined and W3C extended format",
  options: AccessLogOptions,
  extensions: [],
  user: ["address", "user_agent"],
  recognises: (head) => {
    const [line = ""] = decoder.decode(head.subarray(0, 4096)).trimStart().split("\n", 1)
    return combined.test(line) || directive.test(line)
  },
  open: (options, request) => new AccessLogDecoding(options, request, blockBytes),
  pieces: (options, head) => {
    const decoding = new AccessLogDecoding(options, nothingWanted, head.length)
    decoding.push(head)
    decoding.settle()
    // What the fields of a W3C log are is said at its beginning, and may change.
    return decoding.layout === "combined" ? { first: options, rest: { layout: "combined" } } : undefined
  }
})
