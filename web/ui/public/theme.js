// Sets the chosen theme before the first paint; runs on its own, before the bundle, so that nothing flashes.
try {
  const theme = localStorage.getItem("duely.theme")
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme
} catch {
  // Storage may be blocked; the system's theme applies then.
}
