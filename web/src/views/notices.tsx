// What has to be said whatever screen is open: that there is no signal, and what has just been sent.
import { justSent } from '../state/outbox.ts'
import { about } from '../state/reference.ts'
import { route } from '../state/route.ts'
import { isOnline } from '../state/signal-strength.ts'
import { slip } from '../state/slip.ts'
import { words } from '../words/index.ts'

export function Notices() {
  return (
    <>
      <Lines />
      <p class="nhsuk-u-visually-hidden" role="status">
        {slip.value.length ? words.slip.said(slip.value.length) : ''}
      </p>
    </>
  )
}

function Lines() {
  return (
    <div class="notices" role="status">
      {!isOnline.value && <p class="notices__line notices__line--offline">{words.noSignal}</p>}
      {about.value?.demo && <p class="notices__line">{words.demo}</p>}
      <LastSent />
    </div>
  )
}

/** Not where it is said anyway: in the list of what was kept here, and on its own card. */
function LastSent() {
  const sent = justSent.value.at(-1)
  const here = route.value
  if (!sent || here.screen === 'waiting' || (here.screen === 'record' && here.id === sent.id)) return null
  return (
    <p class="notices__line notices__line--sent">
      {words.outbox.sent(sent.name)} <a href={`#/${sent.kind}/${sent.id}`}>{words.outbox.see}</a>
    </p>
  )
}
