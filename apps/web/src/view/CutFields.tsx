import type { Cut, Rules } from "../engine/Settings.ts"
import { hasRules } from "../engine/Settings.ts"
import { texts } from "../texts.ts"
import { Select, TextInput } from "./parts.tsx"

interface CutProps {
  readonly cut: Cut
  readonly onChange: (changes: Partial<Cut>) => void
}

/** The gap, and what a gap of exactly that length does. */
export const GapFields = ({ cut, onChange }: CutProps) => (
  <div class="fields">
    <TextInput label={texts.gap} value={cut.gap} onChange={(gap) => onChange({ gap })} width={8} note={texts.gapHint} />
    <Select
      label={texts.boundary}
      value={cut.boundary}
      options={Object.entries(texts.boundaries)}
      onChange={(boundary) => onChange({ boundary: boundary === "split" ? "split" : "merge" })}
    />
  </div>
)

/** The rules besides the gap, folded away as long as there are none. */
export const RuleFields = ({ cut, onChange }: CutProps) => {
  const { rules } = cut
  const take = (changes: Partial<Rules>) => onChange({ rules: { ...rules, ...changes } })
  const names = Object.keys(texts.rules) as ReadonlyArray<keyof typeof texts.rules>
  return (
    <details class="more-rules" open={hasRules(cut)}>
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
