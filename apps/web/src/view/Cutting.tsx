import { useEffect, useState } from "preact/hooks"
import { GapChart, longerThan, placeOf, secondsAtPlace } from "../chart/GapChart.tsx"
import type { Trial } from "../engine/Engine.ts"
import type { Settings } from "../engine/Settings.ts"
import { roundDuration, secondsOf } from "../format.ts"
import { changeSettings } from "../state/app.ts"
import { texts } from "../texts.ts"
import { GapFields, RuleFields } from "./CutFields.tsx"
import { Section } from "./parts.tsx"

const sliderSteps = 1000

/** How sessions are cut: the gap, beside the times between events, and further rules. */
export const Cutting = ({ settings, trial }: { readonly settings: Settings; readonly trial: Trial | null }) => {
  const [gap, setGap] = useState(settings.gap)
  useEffect(() => setGap(settings.gap), [settings.gap])
  const seconds = secondsOf(gap)
  const take = (gap: string) => void changeSettings({ gap })
  return (
    <Section title={texts.cutting}>
      <GapFields cut={{ ...settings, gap }} onChange={(changes) => void changeSettings(changes)} />
      {trial !== null && (
        <figure class="gaps">
          <figcaption>
            <strong>{texts.gapsTitle}</strong>
            <span aria-live="polite">
              {texts.atGap(
                trial.summary.users + (seconds === null ? 0 : longerThan(trial.gaps, seconds)),
                trial.summary.users,
                gap
              )}
            </span>
          </figcaption>
          {trial.gaps.length === 0 ? (
            <p class="note">{texts.gapsNone}</p>
          ) : (
            <>
              <GapChart gaps={trial.gaps} gap={seconds} />
              <input
                type="range"
                aria-label={texts.gap}
                aria-valuetext={gap}
                min={0}
                max={sliderSteps}
                value={Math.round(placeOf(seconds ?? 2_592_000) * sliderSteps)}
                onInput={({ currentTarget }) =>
                  setGap(roundDuration(secondsAtPlace(Number(currentTarget.value) / sliderSteps)))
                }
                onChange={() => take(gap)}
              />
            </>
          )}
        </figure>
      )}
      <RuleFields cut={settings} onChange={(changes) => void changeSettings(changes)} />
    </Section>
  )
}
