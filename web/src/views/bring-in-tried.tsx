// Step 3: what would happen to the rows. Nothing has happened yet.
import { bringIn as bringListIn, tried, work } from '../state/bring-in.ts'
import { doesAnything } from '../state/list-file.ts'
import { Button } from '../ui/button.tsx'
import { Note } from '../ui/messages.tsx'
import { bringIn } from '../words/bring-in.ts'
import { Outcome } from './bring-in-outcome.tsx'

export function ListTried() {
  const run = tried.value
  if (!run) return null
  return (
    <>
      <p>
        <a class="back" href="#/bring-in/look">
          ‹ {bringIn.back.try}
        </a>
      </p>
      <p>{bringIn.tried(run.rows)}</p>
      <Outcome run={run} when="try" />
      {doesAnything(run) ? (
        <Button disabled={work.value !== null} onClick={() => void bringListIn()}>
          {bringIn.next.try}
        </Button>
      ) : (
        <Note>
          <p>{bringIn.nothing}</p>
        </Note>
      )}
    </>
  )
}
