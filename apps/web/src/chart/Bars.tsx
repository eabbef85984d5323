import { count, percent } from "../format.ts"

export interface LabelledBar {
  readonly label: string
  readonly count: number
  /** What a click on it does. */
  readonly onPick?: () => void
  readonly isPicked?: boolean
}

/** Counts as horizontal bars, a table to a screen reader. */
export const Bars = ({ bars, label }: { readonly bars: ReadonlyArray<LabelledBar>; readonly label: string }) => {
  const most = Math.max(1, ...bars.map((bar) => bar.count))
  const all = bars.reduce((sum, bar) => sum + bar.count, 0)
  return (
    <table class="bars" aria-label={label}>
      <tbody>
        {bars.map((bar) => (
          <tr key={bar.label} class={bar.isPicked ? "picked" : ""}>
            <th scope="row">
              {bar.onPick ? (
                <button type="button" class="link" aria-pressed={bar.isPicked ?? false} onClick={bar.onPick}>
                  {bar.label}
                </button>
              ) : (
                bar.label
              )}
            </th>
            <td class="bar-cell" aria-hidden="true">
              {bar.count > 0 && <span class="bar" style={{ width: `${(100 * bar.count) / most}%` }} />}
            </td>
            <td class="numeric">{count(bar.count)}</td>
            <td class="numeric dim">{percent(bar.count, all)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
