// Step 1: which file, what its rows are, what the list is called, and whose words it holds.
import { chooseFile, listChoice, listFaults, listFile, look, setListChoice, work } from '../state/bring-in.ts'
import { LIST_KINDS, TYPES, type ListKind } from '../state/list-file.ts'
import { areaSets, serviceCategories } from '../state/reference.ts'
import { Button } from '../ui/button.tsx'
import { Checkbox, Radios, Select, TextInput } from '../ui/fields.tsx'
import { FileField } from '../ui/file-field.tsx'
import { words } from '../words/index.ts'
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
      <FileField id="file" label={words.bringIn.file} hint={words.bringIn.fileHint} error={faultAt('file')} accept={ACCEPTED} file={listFile.value} onChoose={chooseFile} drop={words.bringIn.drop} />
      <Radios
        id="kind"
        legend={words.bringIn.kind}
        error={faultAt('kind')}
        value={kind}
        options={LIST_KINDS.map(value => ({ value, text: words.bringIn.kinds[value] }))}
        onChange={value => setListChoice({ kind: value as ListKind })}
      />
      {kind && <OfTheKind kind={kind} />}
      <TextInput id="list" label={words.bringIn.list} hint={words.bringIn.listHint} error={faultAt('list')} value={list} autoComplete="off" onInput={value => setListChoice({ list: value })} />
      <Radios id="origin" legend={words.bringIn.origin} hint={words.bringIn.originHint} error={faultAt('origin')} value={origin} options={optionsOf(words.bringIn.origins)} onChange={value => setListChoice({ origin: value })} />
      <details class="more" open={noHeader || faultAt('no-header') !== undefined}>
        <summary>{words.bringIn.more}</summary>
        <div class="more__in nhsuk-checkboxes nhsuk-checkboxes--small nhsuk-form-group">
          <Checkbox id="no-header" label={words.bringIn.noHeader} checked={noHeader} onChange={on => setListChoice({ noHeader: on })} />
        </div>
      </details>
      <Button type="submit" disabled={work.value !== null}>
        {words.bringIn.next.choose}
      </Button>
    </form>
  )
}

/** What has to be known of rows of one kind only. */
function OfTheKind({ kind }: { kind: ListKind }) {
  const { areaSet, type, side, category } = listChoice.value
  const types = TYPES[kind]
  const byColumn = kind === 'place' ? words.bringIn.typeByColumn : words.bringIn.typeByColumnOnly
  return (
    <div class="indented">
      {kind === 'area' && (
        <TextInput
          id="area-set"
          label={words.bringIn.areaSet}
          hint={words.bringIn.areaSetHint(areaSets.value.map(({ name }) => name))}
          error={faultAt('area-set')}
          value={areaSet}
          autoComplete="off"
          onInput={value => setListChoice({ areaSet: value })}
        />
      )}
      {types && (
        <Select
          id="type"
          label={words.bringIn.type[kind]!}
          hint={words.bringIn.typeHint}
          value={type}
          options={[{ value: '', text: byColumn }, ...valuesAsOptions(types)]}
          onChange={value => setListChoice({ type: value })}
        />
      )}
      {kind === 'resource' && <Select id="side" label={words.bringIn.side} value={side} options={optionsOf(words.bringIn.sides)} onChange={value => setListChoice({ side: value })} />}
      {kind === 'service' && (
        <Select
          id="category"
          label={words.bringIn.category}
          hint={words.bringIn.categoryHint}
          value={category}
          options={[{ value: '', text: words.bringIn.categoryByColumn }, ...serviceCategories.value.filter(({ code }) => code).map(({ code, name }) => ({ value: code!, text: name }))]}
          onChange={value => setListChoice({ category: value })}
        />
      )}
    </div>
  )
}

function faultAt(field: string): string | undefined {
  return listFaults.value.faults.find(fault => fault.field === field)?.message
}
