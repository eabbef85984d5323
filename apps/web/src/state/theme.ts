import { effect, signal } from "@preact/signals"

export const themes = ["system", "light", "dark"] as const
export type Theme = (typeof themes)[number]

const key = "theme"
const kept = (): string | null => {
  try {
    return localStorage.getItem(key)
  } catch {
    return null
  }
}

export const theme = signal<Theme>(themes.find((known) => known === kept()) ?? "system")

const dark = matchMedia("(prefers-color-scheme: dark)")
const systemIsDark = signal(dark.matches)
dark.addEventListener("change", () => (systemIsDark.value = dark.matches))

export const isDark = (): boolean => theme.value === "dark" || (theme.value === "system" && systemIsDark.value)

effect(() => {
  document.documentElement.dataset.theme = isDark() ? "dark" : "light"
  try {
    localStorage.setItem(key, theme.value)
  } catch {
    // It is right until the page is left.
  }
})
