// The question: of what, how far, which neighbourhoods, counting whom, compared by what.
import { useState } from 'preact/hooks'
import { areaSet, askCoverage, coverageState, isUsableDistance, question, setQuestion } from '../state/coverage.ts'
import { areaSets, serviceCategories } from '../state/reference.ts'
import { Button } from '../ui/button.tsx'
import { Checkbox, Select, TextInput } from '../ui/fields.tsx'
import { words } from '../words/index.ts'

const PLACE_TYPES = ['hub', 'pharmacy', 'gp_practice', 'library', 'community_centre', 'hospital', 'clinic', 'green_space', 'leisure', 'faith']

export function CoverageForm() {
  const asked = question.value
  const [wasAsked, setAsked] = useState(false)
  const isUsable = isUsableDistance(asked.far)
  const ask = () => {
    setAsked(true)
    if (isUsable) void askCoverage()
    else document.getElementById('far')?.focus()
  }
  return (
    <form
      class="question"
      onSubmit={event => {
        event.preventDefault()
        ask()
      }}
    >
      <div class="question__fields">
        <OfWhat />
        <div class="side-by-side">
          <TextInput id="far" label={words.coverage.far} inputMode="decimal" short error={wasAsked && !isUsable ? words.coverage.farFault : undefined} value={asked.far} onInput={far => setQuestion({ far: far.replace(/[^\d.]/g, '') })} />
          <Select id="unit" label={words.coverage.unit} value={asked.unit} options={Object.entries(words.coverage.units).map(([value, text]) => ({ value, text }))} onChange={unit => setQuestion({ unit: unit as typeof asked.unit })} />
        </div>
        <Whom />
      </div>
      <div class="nhsuk-checkboxes nhsuk-checkboxes--small nhsuk-form-group">
        <Checkbox id="self" label={words.coverage.selfReferral} checked={asked.selfReferral} onChange={selfReferral => setQuestion({ selfReferral })} />
      </div>
      <Button type="submit" disabled={!areaSet.value}>
        {coverageState.value.asking ? words.coverage.asking : words.coverage.ask}
      </Button>
    </form>
  )
}

function OfWhat() {
  const { category, type } = question.value
  const services = serviceCategories.value.map(({ id, name }) => ({ value: `category ${id}`, text: name }))
  const places = PLACE_TYPES.map(value => ({ value: `type ${value}`, text: words.values.of(value) }))
  const choose = (value: string) => {
    const [kind, id = ''] = value.split(' ')
    setQuestion({ category: kind === 'category' ? id : '', type: kind === 'type' ? id : '' })
  }
  return (
    <Select
      id="what"
      label={words.coverage.what}
      value={category ? `category ${category}` : type ? `type ${type}` : ''}
      options={[{ value: '', text: words.coverage.whatAny }, { label: words.coverage.services, options: services }, { label: words.coverage.places, options: places }]}
      onChange={choose}
    />
  )
}

function Whom() {
  const { weight, by } = question.value
  const set = areaSet.value
  const counted = (set?.indicators ?? []).filter(({ name, type }) => type !== 'score' && name !== 'population')
  const comparable = (set?.indicators ?? []).filter(({ name }) => name !== 'population')
  return (
    <>
      {areaSets.value.length > 1 && (
        <Select id="areas" label={words.coverage.areas} value={set?.name ?? ''} options={areaSets.value.map(({ name, areas }) => ({ value: name, text: words.coverage.areaSet(name, areas) }))} onChange={areas => setQuestion({ areas, weight: 'population', by: '' })} />
      )}
      <Select id="weight" label={words.coverage.weight} value={weight} options={['population', ...counted.map(({ name }) => name)].map(value => ({ value, text: words.values.indicator(value) }))} onChange={value => setQuestion({ weight: value })} />
      <Select
        id="by"
        label={words.coverage.by}
        value={by}
        options={[
          { value: '', text: words.coverage.byNothing },
          ...comparable.map(({ name }) => ({ value: `quintile:${name}`, text: words.coverage.byQuintile(words.values.indicator(name)) })),
          ...(set?.groups ?? []).map(({ name }) => ({ value: name, text: words.values.indicator(name) })),
        ]}
        onChange={value => setQuestion({ by: value })}
      />
    </>
  )
}
