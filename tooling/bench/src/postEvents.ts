import { Agent, request } from "node:http"

/** What a client saw: how long every batch took, in milliseconds, and the batches that were acknowledged. */
export interface Posted {
  readonly millis: Array<number>
  readonly acknowledged: Array<number>
}

/** The id of an event: by its client, batch and place. */
export const eventId = (client: number, batch: number, place: number): string => `${client}-${batch}-${place}`

/** Posts batches one after the other until it is told to stop, or the server is gone. */
export async function postEvents(url: string, client: number, size: number, isOver: () => boolean): Promise<Posted> {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const posted: Posted = { millis: [], acknowledged: [] }
  for (let batch = 0; !isOver(); batch++) {
    const started = performance.now()
    const status = await post(`${url}/v1/events`, bodyOf(client, batch, size), agent).catch(() => undefined)
    if (status === undefined) break
    if (status !== 200) throw new Error(`the server answered ${status}`)
    posted.millis.push(performance.now() - started)
    posted.acknowledged.push(batch)
  }
  agent.destroy()
  return posted
}

const start = Date.UTC(2024, 6, 10)

const bodyOf = (client: number, batch: number, size: number): string =>
  Array.from({ length: size }, (_, place) => {
    const event_time = new Date(start + batch * 1000 + place).toISOString()
    return `{"event_id":"${eventId(client, batch, place)}","user_id":"u${client}","event_time":"${event_time}","event_type":"view","page_url":"/p/${place}"}\n`
  }).join("")

const post = (url: string, body: string, agent: Agent): Promise<number> =>
  new Promise((done, fail) => {
    const headers = { "content-type": "application/x-ndjson", "content-length": Buffer.byteLength(body) }
    const sent = request(url, { method: "POST", agent, headers }, (response) => {
      response.resume()
      response.once("end", () => done(response.statusCode ?? 0))
      response.once("error", fail)
    })
    sent.once("error", fail)
    sent.end(body)
  })
