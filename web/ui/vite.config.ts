// How the page is built: no inlined assets (the page runs under `default-src 'self'`), one folder `dist`.
import { defineConfig } from "vite"

// A message of `marked` says where to report its faults; the page names no other host.
const nameless = {
  name: "no-other-host",
  transform: (code: string, id: string) =>
    id.includes("/node_modules/marked/") ? code.replaceAll("https://github.com/markedjs/marked", "marked") : null,
}

export default defineConfig({
  plugins: [nameless],
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "firefox128", "safari17.5"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { host: "127.0.0.1", proxy: { "/api": "http://127.0.0.1:8080" } },
})
