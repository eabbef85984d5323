/** A text from the input on one line and at most so many characters long, fit for a terminal. */
export const shortText = (text: string, most: number): string => {
  const line = text.replaceAll(/\p{Cc}+/gu, " ")
  const characters = line.length > most ? [...line] : []
  return characters.length > most ? `${characters.slice(0, most - 1).join("")}…` : line
}
