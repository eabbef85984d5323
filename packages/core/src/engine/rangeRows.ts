/** Events of the users that are computed in one go, about. */
export const rangeRows = 131_072
