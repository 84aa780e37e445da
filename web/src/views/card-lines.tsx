// The lines of a card as a list of questions and answers; the card page and the slip share it.
import type { Line } from '../state/card.ts'
import { words } from '../words/index.ts'

export function CardLines({ lines }: { lines: Line[] }) {
  return (
    <dl class="lines">
      {lines.map(({ key, text, unknown, link }) => (
        <div key={key} class={`lines__one${unknown ? ' lines__one--unknown' : ''}`}>
          <dt>{words.card.headings[key]}</dt>
          <dd>
            {text.map(part => (
              <p key={part}>{part}</p>
            ))}
            {link && <a href={link.href}>{link.text}</a>}
          </dd>
        </div>
      ))}
    </dl>
  )
}
