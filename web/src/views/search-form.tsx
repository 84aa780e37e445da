// "Where?" and "What would help?".
import { useEffect, useState } from 'preact/hooks'
import { whereAmI } from '../state/here.ts'
import { matching } from '../state/matching.ts'
import { everydayWords, serviceCategories, townsNearly } from '../state/reference.ts'
import { choices, choose, chooseAndSearch, runSearch, search, whereFault } from '../state/search.ts'
import { isPosition } from '../state/where.ts'
import { offerTowns } from './town-offers.ts'
import { Button } from '../ui/button.tsx'
import { Suggest, type Suggestion } from '../ui/suggest.tsx'
import { words } from '../words/index.ts'

const OFFERED = 6

export function SearchForm() {
  const { where, help } = choices.value
  const fault = whereFault.value
  useEffect(() => {
    if (fault) document.getElementById('where')?.focus()
  }, [search.value.failure])
  return (
    <form
      class="search-form"
      role="search"
      onSubmit={event => {
        event.preventDefault()
        void runSearch()
      }}
    >
      <div class="search-form__where">
        <Suggest
          id="where"
          label={words.find.where}
          hint={words.find.whereHint}
          error={fault ? words.find.whereFault[fault] : undefined}
          value={isPosition(where) ? words.find.hereLabel : where}
          offer={offerTowns}
          onInput={text => choose({ where: text })}
          onChoose={({ text }) => choose({ where: text })}
        />
        {fault && <NearMisses where={where} />}
        <Here />
      </div>
      <Suggest
        id="help"
        label={words.find.help}
        hint={words.find.helpHint}
        value={help}
        offer={offerWords}
        onInput={text => choose({ help: text })}
        onChoose={({ text }) => chooseAndSearch({ help: text })}
      />
      <Button type="submit">{words.find.search}</Button>
    </form>
  )
}

function NearMisses({ where }: { where: string }) {
  const towns = townsNearly(where)
  if (!towns.length) return null
  return (
    <p class="search-form__meant">
      {towns.map(town => (
        <button key={town} class="chip" type="button" onClick={() => chooseAndSearch({ where: town })}>
          {words.find.didYouMean(town)}
        </button>
      ))}
    </p>
  )
}

function Here() {
  const [failed, setFailed] = useState(false)
  const find = async () => {
    const point = await whereAmI()
    setFailed(!point)
    if (point) chooseAndSearch({ where: `${point.lat},${point.lon}` })
  }
  return (
    <>
      <button class="quiet-button" type="button" onClick={() => void find()}>
        {words.find.here}
      </button>
      <span role="status" class="search-form__failed">
        {failed ? words.find.hereFailed : ''}
      </span>
    </>
  )
}

/** Everyday words first: they are the words people use. */
function offerWords(text: string): Suggestion[] {
  const typed = text.trim().toLowerCase()
  if (typed.length < 2) return []
  return matching([...everydayWords.value, ...serviceCategories.value], typed, ({ name, words: others }) => [name, ...(others ?? [])])
    .slice(0, OFFERED)
    .map(({ id, name }) => ({ key: id, text: name }))
}
