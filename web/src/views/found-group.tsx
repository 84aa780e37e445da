// A group or activity: four answers are enough, the rest waits behind "More detail".
import type { Chosen } from '../state/drafts.ts'
import { words } from '../words/index.ts'
import { CategoryField } from './category-field.tsx'
import { CheckField, ChecksField, LongTextField, MoreDetail, optionsOf, RadioField, RecordField, TextField, TimesField, useField } from './draft-fields.tsx'
import { PositionField } from './position-field.tsx'
import { ProviderFields } from './provider-fields.tsx'

const { fields, hints } = words.found

export function GroupForm() {
  return (
    <>
      <TextField name="name" label={fields.group.name} hint={hints.name} />
      <CategoryField label={fields.group.category} hint={hints.category} />
      <ProviderFields label={fields.group.runBy} />
      <WhereFields />
      <TimesField />
      <ChecksField name="referral" label={words.found.referral} options={optionsOf(words.found.referralWays)} />
      <TextField name="phone" label={words.found.phone} type="tel" inputMode="tel" />
      <MoreDetail>
        <GroupDetail />
      </MoreDetail>
    </>
  )
}

function WhereFields() {
  const place = useField('place').value as Chosen | null | undefined
  return (
    <>
      <RecordField name="place" label={fields.group.place} hint={hints.place} kind="place" />
      {!place?.id && <PositionField label={fields.group.where} />}
    </>
  )
}

function GroupDetail() {
  return (
    <>
      <RadioField name="accepting" label={words.found.accepting} options={optionsOf(words.found.acceptingWays).map(unknownAsEmpty)} />
      <RadioField name="cost" label={words.found.cost} options={optionsOf(words.found.costs).map(unknownAsEmpty)} />
      <TextField name="costText" label={words.found.costText} />
      <div class="side-by-side">
        <TextField name="minAge" label={words.found.minAge} inputMode="numeric" short />
        <TextField name="maxAge" label={words.found.maxAge} inputMode="numeric" short />
      </div>
      <TextField name="group" label={words.found.group} />
      <LongTextField name="firstVisit" label={words.found.firstVisit} />
      <CheckField name="someoneCanCome" label={words.found.someoneCanCome} />
      <CheckField name="transport" label={words.found.transport} />
      <ChecksField name="delivery" label={words.found.delivery} options={optionsOf(words.found.deliveryWays)} />
      <TextField name="email" label={words.found.email} type="email" inputMode="email" />
      <TextField name="website" label={words.found.website} hint={words.found.websiteHint} type="url" inputMode="url" />
      <LongTextField name="description" label={words.found.description} hint={hints.description} />
    </>
  )
}

function unknownAsEmpty({ value, text }: { value: string; text: string }) {
  return { value: value === 'unknown' ? '' : value, text }
}
