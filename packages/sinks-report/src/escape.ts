/** A text as HTML shows it, in an element or an attribute. */
export const escapeHtml = (text: string): string =>
  text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;")
    .replaceAll("'", "&#39;")

/**
 * A text as Markdown shows it: on one line, and nothing in it makes a link, a tag, a list or a cell. Every character that
 * CommonMark or GitHub's tables and links give a meaning to has a backslash before it.
 */
export const escapeMarkdown = (text: string): string =>
  text
    .replaceAll(/\p{Cc}+/gu, " ")
    .replaceAll(/[\\`*_[\]<>|~&#$@]/g, "\\$&")
    .replaceAll("://", ":\\/\\/")
    .replaceAll(/\bwww\./gi, (match) => `${match.slice(0, -1)}\\.`)
    .replace(/^(\s*)([-+=])/, "$1\\$2")
    .replace(/^(\s*\d+)([.)])(?=\s|$)/, "$1\\$2")
