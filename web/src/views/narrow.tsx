// The choices that narrow a search: each acts at once.
import { ageFrom, type Choices } from '../state/choices.ts'
import { clock, DAYS } from '../state/opening-times.ts'
import { serviceCategories } from '../state/reference.ts'
import { choices, chooseAndSearch } from '../state/search.ts'
import { Chip } from '../ui/button.tsx'
import { Select, TextInput } from '../ui/fields.tsx'
import { LANGUAGES } from '../words/values.ts'
import { words } from '../words/index.ts'

const CHIPS = ['selfReferral', 'noCar', 'comesToYou', 'free', 'stepFree', 'takingPeople'] as const
const DISTANCES = ['1mi', '3mi', '5mi', '10mi', '25mi']
const TIMES = ['09:00', '10:00', '11:00', '12:00', '13:00', '14:00', '15:00', '16:00', '17:00', '18:00', '19:00', '20:00'].map(value => ({ value, text: clock(value) }))
/** Choices that do not show on a chip; when one is set, the fold stays open. */
const FOLDED = ['within', 'category', 'age', 'language'] as const

export function Narrow() {
  const chosen = choices.value
  return (
    <div class="narrow" role="group" aria-label={words.find.choices}>
      <div class="narrow__row">
        <When chosen={chosen} />
        {CHIPS.map(name => (
          <Chip key={name} on={chosen[name]} onClick={() => chooseAndSearch({ [name]: !chosen[name] })}>
            {words.find[name]}
          </Chip>
        ))}
      </div>
      <details class="narrow__more" open={FOLDED.some(name => chosen[name])}>
        <summary>{words.find.more}</summary>
        <MoreChoices chosen={chosen} />
      </details>
    </div>
  )
}

function When({ chosen }: { chosen: Choices }) {
  const days = DAYS.map(day => ({ value: words.days[day].slice(0, 3).toLowerCase(), text: words.days[day] }))
  const hasDay = chosen.day !== '' && chosen.day !== 'now'
  return (
    <>
      <Select
        id="day"
        label={words.find.when}
        value={chosen.day}
        options={[{ value: '', text: words.find.anyDay }, { value: 'now', text: words.find.now }, ...days]}
        onChange={day => chooseAndSearch({ day, time: day && day !== 'now' ? chosen.time : '' })}
      />
      {hasDay && (
        <Select
          id="time"
          label={words.find.time}
          value={chosen.time}
          options={[{ value: '', text: words.find.anyTime }, ...TIMES]}
          onChange={time => chooseAndSearch({ time })}
        />
      )}
    </>
  )
}

function MoreChoices({ chosen }: { chosen: Choices }) {
  const far = DISTANCES.map(value => ({ value, text: words.find.miles(Number.parseInt(value, 10) * 1609.344) }))
  const languages = Object.entries(LANGUAGES).map(([value, text]) => ({ value, text }))
  const does = serviceCategories.value.map(({ id, name }) => ({ value: id, text: name }))
  return (
    <div class="narrow__fields">
      <Select id="within" label={words.find.within} value={chosen.within} options={[{ value: '', text: words.find.anyFar }, ...far]} onChange={within => chooseAndSearch({ within })} />
      <Select id="category" label={words.find.category} value={chosen.category} options={[{ value: '', text: words.find.anyCategory }, ...does]} onChange={category => chooseAndSearch({ category })} />
      <Select id="language" label={words.find.language} value={chosen.language} options={[{ value: '', text: words.find.anyLanguage }, ...languages]} onChange={language => chooseAndSearch({ language })} />
      <TextInput id="age" label={words.find.age} inputMode="numeric" short value={chosen.age} onInput={age => chooseAndSearch({ age: ageFrom(age) })} />
    </div>
  )
}
