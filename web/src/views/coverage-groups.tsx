// How the neighbourhoods compare: bars beside a table, the same numbers in both.
import type { Totals } from '../state/coverage.ts'
import { words } from '../words/index.ts'

type Group = Totals & { key: string }

export function CoverageGroups({ groups, isFifth }: { groups: Group[]; isFifth: boolean }) {
  return (
    <section aria-labelledby="compared">
      <h2 id="compared">{words.coverage.compared}</h2>
      <table class="nhsuk-table bars">
        <thead>
          <tr>
            <th scope="col">{words.coverage.columns.group}</th>
            <th scope="col">{words.coverage.columns.share}</th>
          </tr>
        </thead>
        <tbody>
          {groups.map(group => (
            <tr key={group.key}>
              <th scope="row">{words.coverage.groupName(group.key, isFifth)}</th>
              <td>
                <Bar share={group.share ?? 0} />
                <span class="bars__text">{words.coverage.groupShare(group.share)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}

function Bar({ share }: { share: number }) {
  return (
    <svg class="bars__bar" viewBox="0 0 100 12" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <rect class="bars__ground" width="100" height="12" />
      <rect class="bars__part" width={share * 100} height="12" />
    </svg>
  )
}
