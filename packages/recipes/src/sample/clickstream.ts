import { Random } from "./Random.ts"
import { day, endOf, overDays, type Sample } from "./Sample.ts"

const days = 14
const shop = "https://www.puffy.example"
const header = "client_id,page_url,referrer,timestamp,event_name,event_data,user_agent\n"

const people = [
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
  "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"
]
const bots = [
  "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
  "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)"
]
/** How a visit begins: what the first page is called with, and the page before it. */
const entries: ReadonlyArray<readonly [query: string, referrer: string]> = [
  ["", ""],
  ["", ""],
  ["", "https://www.google.com/"],
  ["", "https://duckduckgo.com/"],
  ["?utm_source=google&utm_medium=cpc&utm_campaign=summer", "https://www.google.com/"],
  ["?gclid=Cj0KCQjw", "https://www.google.com/"],
  ["?utm_source=newsletter&utm_medium=email&utm_campaign=july", ""],
  ["?utm_source=instagram&utm_medium=paid_social&utm_campaign=sleep", "https://l.instagram.com/"],
  ["", "https://www.facebook.com/"],
  ["", "https://blog.example/best-mattress"],
  ["?utm_source=partner&utm_medium=affiliate", "https://deals.example/"]
]

/** Something that a client does: the cells of a row but for the client's, which may be missing. */
interface Act {
  readonly millis: number
  readonly client: string
  readonly cells: string
}

/**
 * CSV over the two weeks before, a file a day, of a client for every 25 rows: visits of up to 16 rows to a shop, some of
 * which end in a purchase, and a purchase is sometimes sent twice. Of 1,000 rows 58 have no client_id.
 */
export const clickstream: Sample = {
  command: "clickstream",
  pieces: function* (options) {
    const { rows } = options
    const random = new Random(4)
    const clients = Math.max(1, Math.ceil(rows / 25))
    const end = endOf(options)
    const acts = overDays({ days, end, rows }, (made, most, until) => {
      // Nothing is later than the end, and something is there.
      const from = made === 0 ? end : until - day + random.int(day / 1000) * 1000
      return visit(random, clients, made, from, end).slice(0, most)
    })
    let written = 0
    let file = ""
    for (const { cells, client, millis } of acts) {
      const path = `data/raw/events_${new Date(millis).toISOString().slice(0, 10).replaceAll("-", "")}.csv`
      if (path !== file) yield [path, header]
      file = path
      const isMissing = (written++ * 58 + 500) % 1000 < 58
      yield [path, `${isMissing ? "" : client},${cells}\n`]
    }
  }
}

/** What a client does in one go, from some time on; `number` tells orders apart. */
const visit = (random: Random, clients: number, number: number, from: number, end: number): ReadonlyArray<Act> => {
  const who = random.int(clients)
  const client = `c${String(who + 1).padStart(7, "0")}`
  // One client of 50 is a program, and always the same one.
  const agent = who % 50 === 7 ? bots[who % bots.length] : people[who % people.length]
  const [query, entry] = random.pick(entries)
  const acts: Array<Act> = []
  let millis = from
  let page = ""
  const act = (name: string, path: string, data?: object, referrer = page) => {
    const time = new Date(millis).toISOString().replace(".000", "")
    const text = data === undefined ? "" : quoted(JSON.stringify(data))
    page = `${shop}${path}`
    acts.push({ millis, client, cells: `${page},${referrer},${time},${name},${text},"${agent}"` })
    const pause = random.happens(0.03) ? 31 + random.int(60) : 0
    millis = Math.min(end, millis + pause * 60_000 + (1 + random.int(180)) * 1000)
  }
  act("page_viewed", `${random.pick(["/", "/mattress", "/bedding"])}${query}`, undefined, entry)
  const product = `/products/${random.int(12) + 1}`
  for (let i = random.int(7); i > 0; i--) act("page_viewed", random.happens(0.5) ? product : "/reviews")
  if (who % 50 === 7 || !random.happens(0.3)) return acts
  const price = 49 + random.int(1500) + 0.99
  act("product_added_to_cart", product, { product: product.slice(10), price })
  if (!random.happens(0.6)) return acts
  act("checkout_started", "/checkout", { value: price })
  if (!random.happens(0.7)) return acts
  const order = { order_id: `P${number + 1}`, revenue: price, currency: "USD" }
  act("checkout_completed", "/thank-you", order, "https://www.paypal.com/")
  // The page is loaded again.
  if (random.happens(0.05)) act("checkout_completed", "/thank-you", order)
  return acts
}

const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`
