/** One event as text, ready to be put into a row. All values are plain ASCII that no format has to quote. */
export interface Event {
  readonly id: number
  readonly user: string
  readonly time: string
  readonly type: string
  readonly page: string
  readonly device: string
}

interface RowFormat {
  readonly header: string
  /** One row with its line end. */
  readonly row: (event: Event) => string
  /** A row cut short: broken JSON, or a field too few. */
  readonly truncate: (row: string) => string
}

const jsonl: RowFormat = {
  header: "",
  row: ({ id, user, time, type, page, device }) =>
    `{"event_id":${id},"user_id":"${user}","event_time":"${time}","event_type":"${type}",` +
    `"page_url":"${page}","device":"${device}"}\n`,
  truncate: (row) => `${row.slice(0, -10)}\n`
}

const csv: RowFormat = {
  header: "event_id,user_id,event_time,event_type,page_url,device\n",
  row: ({ id, user, time, type, page, device }) => `${id},${user},${time},${type},${page},${device}\n`,
  truncate: (row) => `${row.slice(0, row.lastIndexOf(","))}\n`
}

export const rowFormats = { jsonl, csv }
