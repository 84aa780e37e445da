// The first screen: two boxes, the choices, and what is there as list and map.
import { categories, everydayWords } from '../state/reference.ts'
import { chooseAndSearch, search } from '../state/search.ts'
import { Heading } from '../ui/heading.tsx'
import { words } from '../words/index.ts'
import { Narrow } from './narrow.tsx'
import { Results } from './results.tsx'
import { SearchForm } from './search-form.tsx'

const OFTEN_SHOWN = 8

export function FindScreen() {
  const hasSearch = search.value.phase !== 'none'
  return (
    <div class={hasSearch ? 'find find--results' : 'find'}>
      <section class="hero">
        <div class="hero__in">
          <Heading>{words.find.title}</Heading>
          {!hasSearch && <p class="hero__lead">{words.find.lead}</p>}
          <SearchForm />
          {hasSearch ? <Narrow /> : <OftenLookedFor />}
        </div>
      </section>
      {hasSearch ? <Results /> : <WaysOn />}
    </div>
  )
}

function OftenLookedFor() {
  const offered = everydayWords.value.slice(0, OFTEN_SHOWN)
  if (!categories.value.length || !offered.length) return null
  return (
    <section class="often" aria-labelledby="often">
      <h2 id="often">{words.find.often}</h2>
      <ul>
        {offered.map(({ id, name }) => (
          <li key={id}>
            <button class="chip chip--light" type="button" onClick={() => chooseAndSearch({ help: name })}>
              {name}
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function WaysOn() {
  const { found, coverage, gaps } = words.find.tiles
  const tiles = [
    { href: '#/found', ...found },
    { href: '#/who-can-get-there', ...coverage },
    { href: '#/gaps', ...gaps },
  ]
  return (
    <section class="tiles" aria-labelledby="ways-on">
      <h2 class="nhsuk-u-visually-hidden" id="ways-on">
        {words.find.waysOn}
      </h2>
      {tiles.map(({ href, title, text }) => (
        <a key={href} class="tile" href={href}>
          <span class="tile__title">{title}</span>
          <span>{text}</span>
        </a>
      ))}
    </section>
  )
}
