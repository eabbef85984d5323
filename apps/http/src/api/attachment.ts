/** What makes an answer a file to be kept, under a name. */
export const attachment = (name: string, contentType: string) => ({
  contentType,
  headers: { "content-disposition": `attachment; filename*=UTF-8''${encodeURIComponent(name)}` }
})
