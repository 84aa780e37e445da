// Something to share, or something we need: a skill, time, a room, transport.
import { words } from '../words/index.ts'
import { ContactFields, LongTextField, MoreDetail, RadioField, RecordField, SelectField, TextField, TimesField, valuesAsOptions } from './draft-fields.tsx'
import { ProviderFields } from './provider-fields.tsx'

const TYPES = ['skill', 'volunteer_time', 'room', 'equipment', 'transport', 'knowledge', 'funding']
const { fields, hints } = words.found

export function ShareForm() {
  return (
    <>
      <TextField name="name" label={fields.share.name} />
      <SelectField name="type" label={fields.share.type} options={valuesAsOptions(TYPES)} />
      <RadioField name="side" label={fields.share.side} options={valuesAsOptions(['offered', 'wanted'])} />
      <ProviderFields label={fields.share.runBy} />
      <MoreDetail>
        <RecordField name="place" label={fields.share.place} kind="place" canAdd={false} />
        <TimesField />
        <TextField name="costText" label={words.found.costText} />
        <ContactFields />
        <LongTextField name="description" label={words.found.description} hint={hints.description} />
      </MoreDetail>
    </>
  )
}
