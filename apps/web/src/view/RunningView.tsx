import type { Running } from "../state/app.ts"
import { texts } from "../texts.ts"

/** A run that goes on: how far it is, how fast, and how long it will take. */
export const RunningView = ({ running }: { readonly running: Running }) => {
  const { cancel, progress, started } = running
  const { bytes, records, totalBytes } = progress
  const seconds = Math.max(0.001, (performance.now() - started) / 1000)
  const share = totalBytes === 0 ? 1 : bytes / totalBytes
  return (
    <main id="content" class="running">
      <h1>{texts.running}</h1>
      <progress max={1} value={share} aria-label={texts.running} />
      <p class="figures">
        <span>{texts.bytesRead(bytes, totalBytes)}</span>
        <span>{texts.recordsRead(records, Math.round(records / seconds))}</span>
        <span>
          {share < 1 && bytes > 0 ? texts.timeLeft((seconds / share) * (1 - share)) : share >= 1 && texts.computing}
        </span>
      </p>
      <button type="button" onClick={cancel}>
        {texts.cancel}
      </button>
    </main>
  )
}
