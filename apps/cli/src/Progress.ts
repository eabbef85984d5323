import { durationText, type Progress } from "@sojourn/core"
import { shortText } from "./ShortText.ts"
import { widthOf } from "./Style.ts"

const firstAfterMillis = 1000
const everyMillis = 200

/** A line on a terminal that says how far a run has come, once it has taken a second. */
export class ProgressLine {
  private readonly stream: NodeJS.WriteStream
  private readonly started = performance.now()
  private last = 0
  private shown = false

  constructor(stream: NodeJS.WriteStream) {
    this.stream = stream
  }

  update(progress: Progress): void {
    const elapsed = performance.now() - this.started
    const isRead = progress.bytes === progress.totalBytes
    if (elapsed < firstAfterMillis || (elapsed - this.last < everyMillis && !isRead)) return
    this.last = elapsed
    this.shown = true
    this.stream.write(
      `\r\u001b[K${shortText(progressText(progress, elapsed / 1000), (widthOf(this.stream) ?? 80) - 1)}`
    )
  }

  clear(): void {
    if (this.shown) this.stream.write("\r\u001b[K")
    this.shown = false
  }
}

/** `42 %  412 MB of 980 MB  1.2 M records/s  5 s left`. */
export const progressText = ({ bytes, records, totalBytes }: Progress, seconds: number): string => {
  const rate = `${compact(records / seconds)} records/s`
  if (totalBytes === undefined || totalBytes === 0) return `${size(bytes)}  ${rate}`
  if (bytes >= totalBytes) return `${size(bytes)} read  ${rate}  ordering and writing`
  const share = bytes / totalBytes
  const left = share === 0 ? "" : `  ${durationText(Math.ceil(seconds / share - seconds) * 1e6)} left`
  return `${Math.floor(share * 100)} %  ${size(bytes)} of ${size(totalBytes)}  ${rate}${left}`
}

/** `412 MB`. */
export const size = (bytes: number): string => (bytes < 1000 ? `${bytes} B` : `${compact(bytes)}B`)

/** Three digits: `1.23 M`, `845 k`, `12`. */
export const compact = (value: number): string => {
  const units = ["", " k", " M", " G", " T"]
  let unit = 0
  let scaled = value
  while (scaled >= 999.5 && unit < units.length - 1) {
    scaled /= 1000
    unit++
  }
  return `${unit === 0 ? Math.round(scaled) : Number(scaled.toPrecision(3))}${units[unit]}`
}
