/**
 * Where an event came from: the part of the input (counted over all inputs, in their order) and its 1-based ordinal
 * among the records of that part, as one int64: the ordinal in the low half, the part in the high half. Places order as
 * input order does.
 */
export const placeColumn = "$place"

/** A part of an input: read by one thread in one go. */
export interface Part {
  /** As quarantine and summary call the input. */
  readonly source: string
  /** Which input of the run that is, from 0. */
  readonly input: number
  /** Records of the input before this part: what is to be added to an ordinal. */
  readonly before: number
  /** The day, from 1970-01-01, that the directory of the input names, if one does. */
  readonly day?: number | undefined
}
