/** A text as a literal of an expression. */
export const quotedText = (text: string): string => `'${text.replaceAll("'", "''")}'`
