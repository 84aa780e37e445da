// Something missing: what, why and where. Nothing about single persons.
import { words } from '../words/index.ts'
import { CategoryField } from './category-field.tsx'
import { LongTextField, MoreDetail, SelectField, TextField, valuesAsOptions } from './draft-fields.tsx'
import { PositionField } from './position-field.tsx'

export const REASONS = ['none_here', 'too_far', 'wrong_times', 'full', 'wait_too_long', 'not_eligible', 'no_route_in', 'unaffordable', 'not_accessible', 'not_known_about']
const { fields, hints } = words.found

export function MissingForm() {
  return (
    <>
      <TextField name="name" label={fields.missing.name} hint={hints.missingName} />
      <SelectField name="reason" label={fields.missing.reason} options={valuesAsOptions(REASONS)} />
      <PositionField label={fields.missing.where} />
      <LongTextField name="description" label={words.found.description} hint={hints.description} />
      <MoreDetail>
        <TextField name="people" label={fields.missing.people} hint={hints.people} inputMode="numeric" short />
        <CategoryField label={fields.missing.category} hint={hints.category} />
      </MoreDetail>
    </>
  )
}
