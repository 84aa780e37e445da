// What this is, what one can count on, and what it knows.
import { about, categoriesLeft, thirdParty } from '../state/reference.ts'
import { Heading } from '../ui/heading.tsx'
import { words } from '../words/index.ts'

export function AboutScreen() {
  const known = about.value
  return (
    <div class="column">
      <Heading>{words.about.title}</Heading>
      <p class="lead">{words.about.lead}</p>
      <h2>{words.about.promisesTitle}</h2>
      <ul>
        <li>{thirdParty.value ? words.about.asksForMaps(thirdParty.value) : words.about.asksNobody}</li>
        {words.about.promises.map(promise => (
          <li key={promise}>{promise}</li>
        ))}
      </ul>
      {known && (
        <>
          <h2>{words.about.dataTitle}</h2>
          <ul>
            {known.datasets.map(({ name, rows }) => (
              <li key={name}>{words.about.datasets(name, rows)}</li>
            ))}
            {categoriesLeft.value > 0 && <li>{words.about.categoriesLeft(categoriesLeft.value)}</li>}
            {known.licence && <li>{words.about.licence(known.licence)}</li>}
            <li>{words.about.version(known.version, known.revision)}</li>
          </ul>
          <h2>{words.about.attributionTitle}</h2>
          <ul>
            {known.attribution.map(line => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}
