/** The units that instants and dates can be cut to. */
export const dateUnits = ["second", "minute", "hour", "day", "week", "month", "quarter", "year"] as const
export type DateUnit = (typeof dateUnits)[number]

export const isDateUnit = (word: string): word is DateUnit => dateUnits.some((unit) => unit === word)
