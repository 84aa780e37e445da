// A building or room, and the room in it that others may use.
import { words } from '../words/index.ts'
import { CheckField, ContactFields, LongTextField, MoreDetail, RadioField, SelectField, TextField, TimesField, useField, valuesAsOptions } from './draft-fields.tsx'
import { PositionField } from './position-field.tsx'
import { ProviderFields } from './provider-fields.tsx'

const TYPES = ['community_centre', 'hub', 'library', 'faith', 'school', 'leisure', 'green_space', 'gp_practice', 'clinic', 'pharmacy', 'hospital', 'care_home', 'other']
const { fields, hints } = words.found

export function PlaceForm() {
  const hasRoom = useField('roomToUse').value === true
  return (
    <>
      <TextField name="name" label={fields.place.name} hint={hints.name} />
      <SelectField name="type" label={fields.place.type} options={valuesAsOptions(TYPES)} />
      <PositionField label={fields.place.where} />
      <CheckField name="roomToUse" label={words.found.roomToUse} />
      {hasRoom && <RoomFields />}
      <MoreDetail>
        {!hasRoom && <ProviderFields label={fields.place.runBy} />}
        <TimesField />
        <AccessFields />
        <TextField name="address" label={words.found.address} />
        <ContactFields />
        <LongTextField name="description" label={words.found.description} hint={hints.description} />
      </MoreDetail>
    </>
  )
}

function RoomFields() {
  return (
    <div class="indented">
      <ProviderFields label={fields.place.runBy} />
      <TextField name="seats" label={words.found.seats} inputMode="numeric" short />
      <TextField name="use" label={words.found.use} />
    </div>
  )
}

function AccessFields() {
  const { unknown, yes, no } = words.found.yesNo
  const options = [
    { value: '', text: unknown },
    { value: 'yes', text: yes },
    { value: 'no', text: no },
  ]
  return (
    <>
      {(['stepFree', 'toilet', 'parking'] as const).map(name => (
        <RadioField key={name} name={name} label={words.found.access[name]} options={options} />
      ))}
    </>
  )
}
