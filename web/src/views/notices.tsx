// What has to be said whatever screen is open: that there is no signal, and what has just been sent.
import { justSent } from '../state/outbox.ts'
import { about } from '../state/reference.ts'
import { isOnline } from '../state/signal-strength.ts'
import { words } from '../words/index.ts'

export function Notices() {
  return (
    <div class="notices" role="status">
      {!isOnline.value && <p class="notices__line notices__line--offline">{words.noSignal}</p>}
      {about.value?.demo && <p class="notices__line">{words.demo}</p>}
      {justSent.value.map(({ kind, id, name }) => (
        <p key={id} class="notices__line notices__line--sent">
          {words.outbox.sent(name)} <a href={`#/${kind}/${id}`}>{words.outbox.see}</a>
        </p>
      ))}
    </div>
  )
}
