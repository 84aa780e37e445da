// An address that leads nowhere says so and shows the way back.
import { words } from '../words/index.ts'

export function Lost() {
  return (
    <div class="column">
      <h1>{words.lost.title}</h1>
      <p>{words.lost.text}</p>
      <p>
        <a href="#/">{words.lost.home}</a>
      </p>
    </div>
  )
}
