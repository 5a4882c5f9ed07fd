// The root of the page: the mark while the session is looked up, then the sign-in form or the page itself.
import { Mark } from "./components/Icon.tsx"
import { bootFailure } from "./store/boot.ts"
import { me } from "./store/session.ts"
import { Shell } from "./views/Shell.tsx"
import { SignInView } from "./views/SignInView.tsx"

export function App() {
  const who = me.value
  if (who === undefined) return <Splash />
  return who ? <Shell /> : <SignInView />
}

function Splash() {
  const failure = bootFailure.value
  return (
    <main class="splash" aria-busy={!failure}>
      <Mark size={44} />
      {failure && <p role="alert">Duely’s server cannot be reached. Trying again…</p>}
    </main>
  )
}
