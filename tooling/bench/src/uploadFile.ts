import { createReadStream, statSync } from "node:fs"
import { request } from "node:http"
import { basename } from "node:path"

/** Sends a file as `multipart/form-data`; the id of the upload. */
export const uploadFile = (url: string, path: string): Promise<string> => {
  const boundary = "sojourn-bench"
  const head = `--${boundary}\r\ncontent-disposition: form-data; name="file"; filename="${basename(path)}"\r\n\r\n`
  const tail = `\r\n--${boundary}--\r\n`
  const headers = {
    "content-type": `multipart/form-data; boundary=${boundary}`,
    "content-length": head.length + statSync(path).size + tail.length
  }
  return new Promise((done, fail) => {
    const sent = request(url, { method: "POST", headers }, (response) => {
      let body = ""
      response.setEncoding("utf8").on("data", (text: string) => {
        body += text
      })
      response.once("end", () => {
        if (response.statusCode === 201) done((JSON.parse(body) as { readonly id: string }).id)
        else fail(new Error(`the upload was refused: ${body}`))
      })
    })
    sent.once("error", fail)
    sent.write(head)
    const file = createReadStream(path, { highWaterMark: 1024 * 1024 })
    file.once("error", fail)
    file.pipe(sent, { end: false })
    file.once("end", () => sent.end(tail))
  })
}
