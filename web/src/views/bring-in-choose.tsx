// Step 1: which file, what its rows are, what the list is called, and whose words it holds.
import { chooseFile, listChoice, listFaults, listFile, look, setListChoice, work } from '../state/bring-in.ts'
import { LIST_KINDS, TYPES, type ListKind } from '../state/list-file.ts'
import { areaSets, serviceCategories } from '../state/reference.ts'
import { Button } from '../ui/button.tsx'
import { Checkbox, Radios, Select, TextInput } from '../ui/fields.tsx'
import { FileField } from '../ui/file-field.tsx'
import { bringIn } from '../words/bring-in.ts'
import { optionsOf, valuesAsOptions } from './draft-fields.tsx'

const ACCEPTED = '.csv,.txt,.tsv,.geojson,.json'

export function ChooseList() {
  const { kind, list, origin, noHeader } = listChoice.value
  return (
    <form
      noValidate
      class="found-form bring-in__form"
      onSubmit={event => {
        event.preventDefault()
        void look()
      }}
    >
      <FileField id="file" label={bringIn.file} hint={bringIn.fileHint} error={faultAt('file')} accept={ACCEPTED} file={listFile.value} onChoose={chooseFile} drop={bringIn.drop} />
      <Radios
        id="kind"
        legend={bringIn.kind}
        error={faultAt('kind')}
        value={kind}
        options={LIST_KINDS.map(value => ({ value, text: bringIn.kinds[value] }))}
        onChange={value => setListChoice({ kind: value as ListKind })}
      />
      {kind && <OfTheKind kind={kind} />}
      <TextInput id="list" label={bringIn.list} hint={bringIn.listHint} error={faultAt('list')} value={list} autoComplete="off" onInput={value => setListChoice({ list: value })} />
      <Radios id="origin" legend={bringIn.origin} hint={bringIn.originHint} error={faultAt('origin')} value={origin} options={optionsOf(bringIn.origins)} onChange={value => setListChoice({ origin: value })} />
      <details class="more" open={noHeader || faultAt('no-header') !== undefined}>
        <summary>{bringIn.more}</summary>
        <div class="more__in nhsuk-checkboxes nhsuk-checkboxes--small nhsuk-form-group">
          <Checkbox id="no-header" label={bringIn.noHeader} checked={noHeader} onChange={on => setListChoice({ noHeader: on })} />
        </div>
      </details>
      <Button type="submit" disabled={work.value !== null}>
        {bringIn.next.choose}
      </Button>
    </form>
  )
}

/** What has to be known of rows of one kind only. */
function OfTheKind({ kind }: { kind: ListKind }) {
  const { areaSet, type, side, category } = listChoice.value
  const types = TYPES[kind]
  const byColumn = kind === 'place' ? bringIn.typeByColumn : bringIn.typeByColumnOnly
  return (
    <div class="indented">
      {kind === 'area' && (
        <TextInput
          id="area-set"
          label={bringIn.areaSet}
          hint={bringIn.areaSetHint(areaSets.value.map(({ name }) => name))}
          error={faultAt('area-set')}
          value={areaSet}
          autoComplete="off"
          onInput={value => setListChoice({ areaSet: value })}
        />
      )}
      {types && (
        <Select
          id="type"
          label={bringIn.type[kind]!}
          hint={bringIn.typeHint}
          value={type}
          options={[{ value: '', text: byColumn }, ...valuesAsOptions(types)]}
          onChange={value => setListChoice({ type: value })}
        />
      )}
      {kind === 'resource' && <Select id="side" label={bringIn.side} value={side} options={optionsOf(bringIn.sides)} onChange={value => setListChoice({ side: value })} />}
      {kind === 'service' && (
        <Select
          id="category"
          label={bringIn.category}
          hint={bringIn.categoryHint}
          value={category}
          options={[{ value: '', text: bringIn.categoryByColumn }, ...serviceCategories.value.filter(({ code }) => code).map(({ code, name }) => ({ value: code!, text: name }))]}
          onChange={value => setListChoice({ category: value })}
        />
      )}
    </div>
  )
}

function faultAt(field: string): string | undefined {
  return listFaults.value.faults.find(fault => fault.field === field)?.message
}
