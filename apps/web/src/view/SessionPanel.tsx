import { useEffect, useRef } from "preact/hooks"
import type { Run, SessionDetail } from "../engine/Engine.ts"
import { count, duration, time } from "../format.ts"
import { setParams, tabAddress } from "../state/route.ts"
import { causeText, texts } from "../texts.ts"
import { Trouble } from "./parts.tsx"
import { Place } from "./Place.tsx"
import { useAnswer } from "./useAnswer.ts"

/** One session: its events, the gaps between them, and what began and ended it. */
export const SessionPanel = ({ row, run }: { readonly run: Run; readonly row: number }) => {
  const detail = useAnswer(() => run.session(row), [run, row])
  const panel = useRef<HTMLElement>(null)
  useEffect(() => panel.current?.focus(), [row])
  const close = () => setParams({ open: null })
  return (
    <aside
      class="panel"
      ref={panel}
      tabIndex={-1}
      aria-label={detail.value && texts.detail(detail.value.user, detail.value.number)}
      onKeyDown={({ key }) => key === "Escape" && close()}
    >
      <button type="button" class="quiet close" onClick={close}>
        {texts.close}
      </button>
      {detail.problem && <Trouble problem={detail.problem} />}
      {detail.value && <Detail detail={detail.value} />}
    </aside>
  )
}

const Detail = ({ detail }: { readonly detail: SessionDetail }) => {
  const { cause, end, eventCount, events, id, isOpen, nextCause, nextStart, previousEnd, seconds, start, user } = detail
  const later = (from: number, to: number) => duration((to - from) / 1e6)
  return (
    <>
      <h2>{texts.detail(user, detail.number)}</h2>
      <p class="note">
        {texts.window}. <code>{id}</code>
      </p>
      <dl class="pairs">
        <dt>{texts.began}</dt>
        <dd>
          {time(start)}
          <br />
          {previousEnd === null ? texts.beganFirst : texts.beganAfter(causeText(cause), later(previousEnd, start))}
        </dd>
        <dt>{texts.ended}</dt>
        <dd>
          {time(end)} ({duration(seconds)})
          <br />
          {nextStart !== null && nextCause !== null
            ? texts.endedBy(causeText(nextCause), later(end, nextStart))
            : texts.lastOfUser}{" "}
          {isOpen && texts.isOpen}
        </dd>
      </dl>
      <p>
        <a href={tabAddress("events", { user, from: String(start), to: String(end) })}>{texts.inEvents}</a>
      </p>
      <ol class="events">
        {events.map(({ gap, origin, time: at, type, values }, i) => (
          <li key={i}>
            {gap !== null && (
              <span class="gap-before" title={texts.gapBefore}>
                +{duration(gap)}
              </span>
            )}
            <span class="event-time">{time(at)}</span>
            {type !== null && <strong>{type}</strong>}
            <span class="event-values">
              {values.map(([name, value]) => (
                <span key={name}>
                  <span class="dim">{name}</span> {value}
                </span>
              ))}
              {origin !== null && (
                <Place source={origin.source} line={null} record={origin.record}>
                  {texts.original}
                </Place>
              )}
            </span>
          </li>
        ))}
      </ol>
      {eventCount > events.length && (
        <p class="note">
          {texts.moreEvents(eventCount - events.length)} ({count(eventCount)})
        </p>
      )}
    </>
  )
}
