// How the page is built: no inlined assets (the page runs under `default-src 'self'`), one folder `dist`.
import { defineConfig } from "vite"

export default defineConfig({
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "firefox128", "safari17.5"],
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
  },
  server: { host: "127.0.0.1", proxy: { "/api": "http://127.0.0.1:8080" } },
})
