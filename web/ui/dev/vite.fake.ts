// The page with the fake server behind it: `npm run fake`.
import { defineConfig } from "vite"
import { fakeServer } from "./fake-server.ts"

export default defineConfig({
  root: new URL("..", import.meta.url).pathname,
  plugins: [fakeServer()],
  server: { host: "127.0.0.1" },
})
