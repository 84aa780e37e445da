// An address that leads nowhere says so and shows the way back.
import { Heading } from '../ui/heading.tsx'
import { words } from '../words/index.ts'

export function Lost() {
  return (
    <div class="column">
      <Heading>{words.lost.title}</Heading>
      <p>{words.lost.text}</p>
      <p>
        <a href="#/">{words.lost.home}</a>
      </p>
    </div>
  )
}
