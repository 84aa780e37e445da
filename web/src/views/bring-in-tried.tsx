// Step 3: what would happen to the rows. Nothing has happened yet.
import { bringIn, tried, work } from '../state/bring-in.ts'
import { doesAnything } from '../state/list-file.ts'
import { Button } from '../ui/button.tsx'
import { Note } from '../ui/messages.tsx'
import { words } from '../words/index.ts'
import { Outcome } from './bring-in-outcome.tsx'

export function ListTried() {
  const run = tried.value
  if (!run) return null
  return (
    <>
      <p>
        <a class="back" href="#/bring-in/look">
          ‹ {words.bringIn.back.try}
        </a>
      </p>
      <p>{words.bringIn.tried(run.rows)}</p>
      <Outcome run={run} when="try" />
      {doesAnything(run) ? (
        <Button disabled={work.value !== null} onClick={() => void bringIn()}>
          {words.bringIn.next.try}
        </Button>
      ) : (
        <Note>
          <p>{words.bringIn.nothing}</p>
        </Note>
      )}
    </>
  )
}
