// The theme: light, dark or the system's; `public/theme.js` sets it again before the next first paint.
import { signal } from "@preact/signals"
import type { IconName } from "../components/Icon.tsx"

export type Theme = "system" | "light" | "dark"

export const THEMES: [value: Theme, label: string, icon: IconName][] = [
  ["system", "System", "system"],
  ["light", "Light", "sun"],
  ["dark", "Dark", "moon"],
]

export const theme = signal<Theme>(stored())

export function setTheme(next: Theme): void {
  theme.value = next
  if (next === "system") delete document.documentElement.dataset.theme
  else document.documentElement.dataset.theme = next
  try {
    localStorage.setItem("duely.theme", next)
  } catch {
    // Storage may be blocked; the theme then lasts as long as this window.
  }
}

function stored(): Theme {
  const set = typeof document === "undefined" ? undefined : document.documentElement.dataset.theme
  return set === "light" || set === "dark" ? set : "system"
}
