/** Events of the users that are computed in one go, about: a few blocks. */
export const rangeRows = 131_072
