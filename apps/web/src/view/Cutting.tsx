import { useEffect, useState } from "preact/hooks"
import { GapChart, longerThan, placeOf, secondsAtPlace } from "../chart/GapChart.tsx"
import type { Trial } from "../engine/Engine.ts"
import { hasRules, type Rules, type Settings } from "../engine/Settings.ts"
import { roundDuration, secondsOf } from "../format.ts"
import { changeSettings } from "../state/app.ts"
import { texts } from "../texts.ts"
import { Section, Select, TextInput } from "./parts.tsx"

const sliderSteps = 1000

/** How sessions are cut: the gap, beside the times between events, and further rules. */
export const Cutting = ({ settings, trial }: { readonly settings: Settings; readonly trial: Trial | null }) => {
  const [gap, setGap] = useState(settings.gap)
  useEffect(() => setGap(settings.gap), [settings.gap])
  const seconds = secondsOf(gap)
  const take = (gap: string) => void changeSettings({ gap })
  return (
    <Section title={texts.cutting}>
      <div class="fields">
        <TextInput label={texts.gap} value={gap} onChange={take} width={8} note={texts.gapHint} />
        <Select
          label={texts.boundary}
          value={settings.boundary}
          options={Object.entries(texts.boundaries)}
          onChange={(boundary) => void changeSettings({ boundary: boundary === "split" ? "split" : "merge" })}
        />
      </div>
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
      <MoreRules settings={settings} />
    </Section>
  )
}

const MoreRules = ({ settings }: { readonly settings: Settings }) => {
  const { rules } = settings
  const take = (changes: Partial<Rules>) => void changeSettings({ rules: { ...rules, ...changes } })
  const names = Object.keys(texts.rules) as ReadonlyArray<keyof typeof texts.rules>
  return (
    <details class="more-rules" open={hasRules(settings)}>
      <summary>{texts.moreRules}</summary>
      <div class="fields">
        {names.map((name) => {
          const [label, example] = texts.rules[name]
          return (
            <TextInput
              key={name}
              label={label}
              value={rules[name]}
              placeholder={example}
              width={22}
              onChange={(text) => take({ [name]: text })}
            />
          )
        })}
        <label class="check">
          <input
            type="checkbox"
            checked={rules.midnight}
            onChange={({ currentTarget }) => take({ midnight: currentTarget.checked })}
          />
          {texts.midnight}
        </label>
      </div>
    </details>
  )
}
