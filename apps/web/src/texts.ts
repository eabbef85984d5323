import type { Cut, Rules } from "./engine/Settings.ts"
import { bytes, count, duration, percent } from "./format.ts"

const plural = (n: number, one: string, many = `${one}s`): string => `${count(n)} ${n === 1 ? one : many}`

/** Every text of the page. */
export const texts = {
  name: "Sojourn",
  tagline: "Raw events in, sessions and quarantine out",
  local: "Computed in this browser",
  localHint: "The file never leaves this machine",
  where: "Computed",
  places: { server: "on the server", browser: "in this browser" },
  noFiles: "This run read no files, but what the server has of posted events or in a store.",
  endedAs: (state: string) => `the run was ${state}`,
  theme: "Theme",
  themes: { system: "System", light: "Light", dark: "Dark" },
  skip: "Skip to content",
  close: "Close",
  copied: "Copied",
  loading: "Loading…",

  // The first page
  dropTitle: "Drop event files here",
  dropText:
    "JSON, CSV, Parquet or access logs, also packed with gzip, zstd or zip. What the columns mean is recognised; you can change it before anything runs.",
  chooseFiles: "Choose files",
  paste: "Paste text",
  pasteLabel: "Records to read, as JSON or CSV",
  pasteUse: "Use this text",
  pastedName: "pasted.txt",
  sample: "Try the sample",
  sampleName: "events.jsonl",
  sampleText: "3,000 events of a shop, with mistakes in them",
  recent: "Kept in this browser",
  forget: (name: string) => `Forget ${name}`,
  forgetShort: "Forget",
  keptHint: "The last five, with their files, so that a reload and a link find them again.",
  steps: [
    [
      "Every record is accounted for",
      "Bad records are kept apart with a reason and their place; duplicates are counted."
    ],
    ["Sessions by rules you can see", "A gap, a longest duration, a login: each session says why it began and ended."],
    ["The same answer everywhere", "The command line and the page give the same bytes for the same input."]
  ] as const,
  empty: (name: string) => `${name} is empty`,
  emptyHint: "Choose a file with records in it.",
  unknownJob: "This link leads to data that is not in this browser",
  unknownJobHint: "It was computed in another browser, or has been forgotten. Open the same file again.",
  defect: (text: string) => `Something went wrong: ${text}`,
  defectHint: "This is a defect of Sojourn, not of your data.",
  notKept: "The files are too large to be kept in this browser: after a reload they have to be opened again.",
  newFile: "Open other files",

  // Tabs
  tabs: {
    setup: "Set-up",
    summary: "Summary",
    sessions: "Sessions",
    events: "Events",
    tables: "Tables",
    skipped: "Skipped rows",
    original: "Original data",
    compare: "Compare"
  },
  tabsLabel: "Views of the run",

  // Set-up
  recognising: "Looking at the beginning of the files…",
  recognisedAs: "Recognised as",
  formats: { json: "JSON", csv: "CSV", "access-log": "access log", parquet: "Parquet" } as Readonly<
    Record<string, string>
  >,
  format: "Format",
  formatFound: "found out",
  header: "First row (CSV)",
  headers: { "": "found out", first: "has the names", none: "is data" } as Readonly<Record<string, string>>,
  lookedAt: (records: number, whole: boolean) =>
    whole ? plural(records, "record") : `the first ${plural(records, "record")}`,
  meaning: "What is read, and how",
  job: "Job",
  recognisedJob: "sessions",
  specOf: (name: string) => `spec ${name}`,
  spec: "Spec",
  recipe: (name: string, runs: boolean) => `recipe ${name}${runs ? "" : " (by the command)"}`,
  user: "User",
  time: "Time",
  timeFormat: "Time format",
  timezone: "Zone of times that name none",
  type: "Type of event",
  dedupe: "Duplicates",
  dedupes: { id: "same id", record: "same record", none: "keep all" } as Readonly<Record<string, string>>,
  guessed: (value: string) => `${value} (guessed)`,
  guess: "guess",
  noColumn: "none",
  chosen: "chosen by you",
  compositeUser: "Several columns make a key: ip,agent",
  columns: "Columns",
  column: "Column",
  role: "Role",
  filled: "Filled",
  distinct: "Distinct",
  parsed: "Times read",
  samples: "Samples",
  trial: "A trial on these records",
  trialNothing: "no record was accepted",
  cutting: "How sessions are cut",
  gap: "Gap",
  gapHint: "A longer time without events ends a session: 45s, 30m, 1h30m, 1d, none",
  boundary: "A gap of exactly that length",
  boundaries: { merge: "keeps the session", split: "ends it" },
  gapsTitle: "Time between events of a user",
  gapsLabel: (gaps: number) => `Histogram of ${plural(gaps, "time")} between events on a logarithmic scale`,
  gapsNone: "No user has two events among the records looked at.",
  atGap: (sessions: number, users: number, gap: string) =>
    `${plural(sessions, "session")} of ${plural(users, "user")} with a gap of ${gap}, by the gap alone`,
  moreRules: "Further rules",
  rules: {
    start: ["Begins a session", "type = 'login'"],
    end: ["Ends a session", "type = 'purchase'"],
    maxDuration: ["Longest duration", "4h"],
    maxEvents: ["Most events", "500"],
    change: ["New session when it changes", "device, country"],
    passive: ["Neither begins nor extends one", "type = 'ping'"]
  } as const,
  midnight: "Midnight ends a session",
  run: "Run",
  runAgain: "Run again",
  copyCommand: "Copy as command",
  copySpec: "Copy as spec",
  specTitle: "The same as a spec",

  // Running
  running: "Running",
  bytesRead: (done: number, all: number) => `${bytes(done)} of ${bytes(all)}`,
  recordsRead: (records: number, perSecond: number) => `${plural(records, "record")}, ${count(perSecond)} a second`,
  timeLeft: (seconds: number) => `about ${duration(Math.max(1, Math.round(seconds)))} left`,
  computing: "All is read; sorting and cutting",
  cancel: "Cancel",

  // Filters
  filters: "Filters",
  showing: (shown: number, all: number, what: string) => `showing ${count(shown)} of ${count(all)} ${what}`,
  clear: "Clear all",
  filterUser: "User",
  filterType: "Contains event",
  filterTypeOf: "Type",
  anyType: "any",
  from: "From",
  to: "To",
  window: "Times are in UTC",
  minSeconds: "Seconds from",
  maxSeconds: "to",
  minEvents: "Events from",
  cause: "Cause",
  anyCause: "any",
  reason: "Reason",
  anyReason: "any",
  timeless: (n: number) => `${plural(n, "row")} without a readable time left out`,

  // Summary
  tiles: {
    read: "Total events",
    accepted: "Valid",
    rejected: "Skipped",
    duplicates: "Duplicates removed",
    users: "Unique users",
    sessions: "Sessions",
    median: "Median duration"
  },
  none: "none",
  balance: "Balance",
  balanceOf: {
    read: (n: string) => `read ${n}`,
    accepted: (n: string) => `${n} accepted`,
    skipped: (n: string) => `${n} skipped`,
    filtered: (n: string) => `${n} filtered`,
    unique: (n: string) => `${n} unique`,
    duplicates: (n: number) => plural(n, "duplicate"),
    inSessions: (n: string) => `${n} in sessions`,
    outside: (n: string) => `${n} outside`,
    late: (n: string) => `${n} late`
  },
  warnings: "Warnings",
  finding: (check: string, message: string) => `${check}: ${message}`,
  sessionsADay: "Sessions a day",
  sessionsADayLabel: (days: number) => `Sessions on ${plural(days, "day")}`,
  openHatched: "Hatched: still open",
  durations: "Duration",
  sizes: "Events in a session",
  upTo: (text: string) => `≤ ${text}`,
  over: (text: string) => `> ${text}`,
  single: (part: number, whole: number) => `${percent(part, whole)} of sessions have one event`,
  causes: "Why sessions began",
  causeNames: {
    first: "first event",
    gap: "gap",
    start: "start rule",
    end: "the one before had ended",
    max_duration: "longest duration",
    max_events: "most events",
    midnight: "midnight",
    by: "given id"
  } as Readonly<Record<string, string>>,
  causeChange: (column: string) => `${column} changed`,
  byUser: "By user",
  byUserHint: "Those with the most events",
  byDay: "By day",
  day: "Day",
  events: "Events",
  sessions: "Sessions",
  users: "Users",
  duration: "Duration",
  totalTime: "Time in sessions",
  ofFilter: "The charts below are of what the filters leave; the numbers above are of the whole run.",
  notes: "How the input was read",

  // Sessions
  sessionsLabel: "Sessions",
  download: "Download",
  downloads: { csv: "CSV", jsonl: "JSON lines", parquet: "Parquet" },
  preparing: "Preparing…",
  columnNames: {
    session_start: "Start",
    session_end: "End",
    session_duration_sec: "Duration",
    event_count: "Events",
    session_number: "No.",
    session_cause: "Began by",
    is_open: "Open",
    timeline: "Time line"
  } as Readonly<Record<string, string>>,
  openSession: "open",
  noRows: "Nothing here",
  noRowsFiltered: "The filters leave nothing",
  detail: (user: string, number: number | null) =>
    number === null ? `A session of ${user}` : `Session ${count(number)} of ${user}`,
  began: "Began",
  ended: "Ended",
  isOpen: "It is still open: less than the gap has passed since.",
  lastOfUser: "No further event of this user.",
  endedBy: (cause: string, later: string) => `The next event of this user, ${later} later, opened another: ${cause}.`,
  beganFirst: "The first event of this user.",
  beganAfter: (cause: string, later: string) => `${later} after the session before: ${cause}.`,
  gapBefore: "Gap",
  original: "original",
  moreEvents: (n: number) => `and ${plural(n, "further event")}`,
  inEvents: "Show in Events",

  // Skipped
  skipped: "skipped rows",
  skippedReasons: "By reason",
  skippedLabel: "Skipped rows",
  duplicatesTitle: "Removed duplicates",
  duplicatesHint: "Beside each the record that it repeats; where that one has another value, it stands beside, too",
  nothingSkipped: "Every record could be read.",
  noDuplicates: "Nothing was there twice.",
  place: "Place",
  raw: "Raw text",
  found: "As found",
  repeats: "Repeats",
  record: (n: number) => `record ${count(n)}`,
  linePlace: (source: string, line: number) => `${source}:${line}`,
  duplicates: "duplicates",
  otherwiseIs: (kept: string) => `kept: ${kept === "" ? "empty" : kept}`,

  // Events
  eventsLabel: "Events",
  timeline: "Events over time",
  timelineHint: "Drag over the chart to choose a time; it then holds on every tab.",
  step: (text: string) => `a bar is ${text}; times in UTC`,
  timelineLabel: (events: number, step: string) => `${plural(events, "event")} over time, by type, in steps of ${step}`,
  zoomOut: "Show all time",
  other: "other types",
  allEvents: "events",

  // Tables
  table: "Table",
  rows: "rows",
  noTables: "The spec declares no tables.",

  // Original
  originalLabel: "Lines of the input",
  file: "File",
  line: "Line",
  goTo: "Go to line",
  nextReject: "Next skipped",
  previousReject: "Previous skipped",
  noLines: "This format has no lines: its skipped records are under Skipped rows.",
  cut: (n: number) => `… and ${bytes(n)} more`,

  // Compare
  compareText: "The same data cut by other settings, and what differs. Here: the settings of this run; there: these.",
  compareWith: "The other settings",
  noParams: "This spec has no params that could be others. It can be changed in the set-up.",
  comparing: "Computing with the other settings…",
  here: "Here",
  there: "There",
  different: "sessions that differ",
  onlyWith: "Only with",
  difference: "Difference",
  sameSessions: (n: number) => `${plural(n, "session")} the same in both`,
  differ: (here: number, there: number) => `${count(here)} only here, ${count(there)} only there`,
  firstOf: (shown: number, all: number) => `the first ${count(shown)} of ${count(all)}`,
  noDifference: "No session differs."
} as const

/** `first`, `gap`, `change:device` in words. */
export const causeText = (cause: string): string =>
  cause.startsWith("change:") ? texts.causeChange(cause.slice(7)) : (texts.causeNames[cause] ?? cause)

/** How sessions are cut, in words. */
export const cutText = ({ boundary, gap, rules }: Cut): string =>
  [
    `${texts.gap.toLowerCase()} ${gap}`,
    ...(boundary === "split" ? [`${texts.boundary.toLowerCase()} ${texts.boundaries.split}`] : []),
    ...(Object.keys(texts.rules) as ReadonlyArray<Exclude<keyof Rules, "midnight">>).flatMap((name) =>
      rules[name] === "" ? [] : [`${texts.rules[name][0].toLowerCase()}: ${rules[name]}`]
    ),
    ...(rules.midnight ? [texts.midnight.toLowerCase()] : [])
  ].join("; ")
