/** Saves bytes, or what an address gives, as a file, as if a link to it was followed. */
export const saveFile = (content: Blob | string, name: string): void => {
  const address = typeof content === "string" ? content : URL.createObjectURL(content)
  const link = document.createElement("a")
  link.href = address
  link.download = name
  link.click()
  if (content instanceof Blob) setTimeout(() => URL.revokeObjectURL(address), 60_000)
}
