/** The proleptic Gregorian calendar, years 0001 to 9999. A day is a number of days since 1970-01-01. */

export interface CivilDate {
  year: number
  /** 1 to 12. */
  month: number
  /** 1 to 31. */
  day: number
}

export const secondsPerDay = 86_400

/** Days from 0000-03-01, where the arithmetic starts so that a leap day ends its year, to 1970-01-01. */
const epochDays = 719_468
const daysPer400Years = 146_097

export const isLeapYear = (year: number): boolean => (year & 3) === 0 && (year % 100 !== 0 || year % 400 === 0)

/** Days in a month of 1 to 12. */
export const daysInMonth = (year: number, month: number): number =>
  month === 2 ? (isLeapYear(year) ? 29 : 28) : 30 + ((month + (month >> 3)) & 1)

/** The day of a date that exists. */
export const daysFromCivil = (year: number, month: number, day: number): number => {
  const marchYear = month > 2 ? year : year - 1
  const marchMonth = month > 2 ? month - 3 : month + 9
  const leapDays = (marchYear >> 2) - ((marchYear / 100) | 0) + ((marchYear / 400) | 0)
  return marchYear * 365 + leapDays + (((153 * marchMonth + 2) / 5) | 0) + day - 1 - epochDays
}

/** Writes the date of a day to `out`. */
export const civilFromDays = (days: number, out: CivilDate): void => {
  const shifted = days + epochDays
  const era = (shifted / daysPer400Years) | 0
  const dayOfEra = shifted - era * daysPer400Years
  const leapDays = ((dayOfEra / 1460) | 0) - ((dayOfEra / 36_524) | 0) + ((dayOfEra / 146_096) | 0)
  const yearOfEra = ((dayOfEra - leapDays) / 365) | 0
  const dayOfYear = dayOfEra - (yearOfEra * 365 + (yearOfEra >> 2) - ((yearOfEra / 100) | 0))
  const marchMonth = ((5 * dayOfYear + 2) / 153) | 0
  out.day = dayOfYear - (((153 * marchMonth + 2) / 5) | 0) + 1
  out.month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  out.year = era * 400 + yearOfEra + (marchMonth < 10 ? 0 : 1)
}
