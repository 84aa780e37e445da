// Who runs it: an organisation that is there already, or a new one with its kind.
import type { Chosen } from '../state/drafts.ts'
import { words } from '../words/index.ts'
import { RecordField, SelectField, useField, valuesAsOptions } from './draft-fields.tsx'

const TYPES = ['community_group', 'voluntary', 'nhs_trust', 'nhs_foundation_trust', 'primary_care', 'local_authority', 'social_enterprise', 'education', 'private', 'commissioner', 'other']

export function ProviderFields({ label }: { label: string }) {
  const chosen = useField('runBy').value as Chosen | null | undefined
  return (
    <>
      <RecordField name="runBy" label={label} hint={words.found.hints.runBy} kind="organisation" />
      {chosen?.name && !chosen.id && <SelectField name="runByType" label={words.found.fields.group.runByType} options={valuesAsOptions(TYPES)} />}
    </>
  )
}
