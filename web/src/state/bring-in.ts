// Bringing a list in: the file and what is said of it, the server's answers step by step, and taking it back.
import { batch, computed, signal } from '@preact/signals-core'
import { NoSignal, ServerSaidNo } from '../api/http.ts'
import { bringListIn, explainList, publishColumn, tryList, undoBatch, type Explained, type Imported, type Kept, type ListColumn, type RowProblem, type Undone } from '../api/imports.ts'
import { bringIn as said } from '../words/bring-in.ts'
import { words } from '../words/index.ts'
import {
  choiceFaults,
  listName,
  listWords,
  missingColumn,
  missingFaults,
  NO_CHOICE,
  NO_COLUMNS,
  refusedFaults,
  refusedFile,
  shownStep,
  withStandIns,
  type ColumnChoice,
  type ListChoice,
  type ListFault,
  type Missing,
} from './list-file.ts'
import { loadReference } from './reference.ts'
import { goTo, route, type Step } from './route.ts'

export type { Explained, Imported, Kept, ListColumn, RowProblem, Undone }

/** What is under way; only reading can be stopped. */
export type Work = 'look' | 'try' | 'in' | 'back'

export const listFile = signal<File | null>(null)
export const listChoice = signal<ListChoice>(NO_CHOICE)
export const columnChoice = signal<ColumnChoice>(NO_COLUMNS)
export const work = signal<Work | null>(null)
export const listFaults = signal<{ faults: ListFault[]; attempt: number }>({ faults: [], attempt: 0 })
/** What went wrong that no control of the form can mend. */
export const listFailure = signal<string | null>(null)

export const explained = signal<Explained | null>(null)
export const missing = signal<Missing[]>([])
export const tried = signal<Imported | null>(null)
export const done = signal<Imported | null>(null)
export const undone = signal<Undone | null>(null)
/** Further columns that everybody sees now, with the number of cards. */
export const shownColumns = signal<Record<string, number>>({})
export const saidOfColumns = signal('')

export const listStep = computed<Step>(() => {
  const here = route.value
  return here.screen === 'bring-in' ? shownStep(here.step, { explained: explained.value, tried: tried.value, done: done.value }) : 'choose'
})

export function chooseFile(file: File) {
  const before = listFile.value
  const named = before ? listName(before.name) : ''
  const { list } = listChoice.value
  listFile.value = file
  faultsLeave(['file'])
  // Another list has other columns; a name that somebody typed stays.
  columnChoice.value = NO_COLUMNS
  setListChoice({ list: !list || list === named ? listName(file.name) : list })
}

export function setListChoice(change: Partial<ListChoice>) {
  if (change.kind !== undefined && change.kind !== listChoice.value.kind) {
    change = { type: '', category: '', side: '', ...change }
    columnChoice.value = NO_COLUMNS
  }
  reading?.abort()
  faultsLeave(Object.keys(change))
  batch(() => {
    listChoice.value = { ...listChoice.value, ...change }
    explained.value = null
    tried.value = null
  })
}

/** Step 1 to 2: what each column is taken as. */
export async function look() {
  const faults = choiceFaults(listChoice.value, listFile.value !== null)
  if (faults.length) return sayFaults(faults)
  if (await readColumns()) goTo('#/bring-in/look')
}

export function takeAs(column: number, field: string) {
  const { [column]: _before, ...others } = columnChoice.value.takeAs
  columnChoice.value = { ...columnChoice.value, takeAs: field ? { ...others, [column]: field } : others }
  void readColumns()
}

export function tellRowsApartBy(column: string) {
  columnChoice.value = { ...columnChoice.value, key: column }
  void readColumns()
}

async function readColumns(): Promise<boolean> {
  return run('look', async (file, signal) => {
    const found: Missing[] = []
    for (;;) {
      try {
        const answer = await explainList(withStandIns(asked(file), found), file, signal)
        batch(() => {
          explained.value = answer
          missing.value = found
          tried.value = null
        })
        return
      } catch (error) {
        const what = error instanceof ServerSaidNo ? missingColumn(error.problems) : null
        if (!what || found.includes(what)) throw error
        found.push(what)
      }
    }
  })
}

/** Step 2 to 3: what would happen. */
export async function tryIt() {
  if (missing.value.length) return sayFaults(missingFaults(missing.value))
  const went = await run('try', async (file, signal) => {
    tried.value = await tryList(asked(file), file, signal)
  })
  if (went) goTo('#/bring-in/try')
}

/** Step 3 to 4. */
export async function bringIn() {
  const went = await run('in', async file => {
    const answer = await bringListIn(asked(file), file)
    batch(() => {
      done.value = answer
      undone.value = null
      shownColumns.value = {}
      saidOfColumns.value = ''
      forgetList()
    })
  })
  if (!went) return
  goTo('#/bring-in/done')
  await loadReference({ again: true })
}

export async function takeBack() {
  const { batch: id } = done.value!
  const went = await working('back', async () => {
    undone.value = await undoBatch(id)
  })
  if (went) await loadReference({ again: true })
}

export async function showColumn(column: string, isShown: boolean) {
  await working(null, async () => {
    const { records } = await publishColumn(done.value!.list, column, !isShown)
    const { [column]: _before, ...others } = shownColumns.value
    shownColumns.value = isShown ? { ...others, [column]: records } : others
    saidOfColumns.value = isShown ? said.shown(column, records) : said.hidden(column)
  })
}

export function startAgain() {
  batch(() => {
    done.value = null
    undone.value = null
    forgetList()
    listFailure.value = null
  })
  goTo('#/bring-in')
}

/** Reading stops; the answers that are there stay. */
export function stop() {
  reading?.abort()
}

/** The refused rows as they are downloaded. */
export function refusedRows(run: Imported): { name: string; blob: Blob } | null {
  const file = refusedFile(run)
  return file && { name: file.name, blob: new Blob([file.text], { type: file.type }) }
}

let reading: AbortController | null = null

/** A later question replaces an earlier one that is still being read. True when it was answered. */
async function run(what: Work, question: (file: File, signal: AbortSignal) => Promise<void>): Promise<boolean> {
  const file = listFile.value
  if (!file || work.value === 'in' || work.value === 'back') return false
  reading?.abort()
  const mine = (reading = new AbortController())
  const went = await working(what, async () => {
    await readable(file)
    await question(file, mine.signal)
  }, mine)
  return went && !mine.signal.aborted
}

async function working(what: Work | null, question: () => Promise<void>, mine: AbortController | null = null): Promise<boolean> {
  batch(() => {
    listFailure.value = null
    listFaults.value = { ...listFaults.value, faults: [] }
    work.value = what
  })
  try {
    await question()
    return true
  } catch (error) {
    if (!mine?.signal.aborted) say(error, what)
    return false
  } finally {
    if (!mine || mine === reading) work.value = null
  }
}

class FileIsGone extends Error {}

/** A file that was saved anew or moved since it was chosen cannot be sent, and the browser calls that no signal. */
async function readable(file: File) {
  try {
    await file.slice(0, 1).arrayBuffer()
  } catch {
    throw new FileIsGone()
  }
}

function say(error: unknown, what: Work | null) {
  if (error instanceof FileIsGone) {
    // Chosen again under the same name, it would be no change to the control that still holds it.
    listFile.value = null
    return fileFaults([{ field: 'file', message: said.faults.gone }])
  }
  if (error instanceof NoSignal) {
    listFailure.value = what === 'in' || what === 'back' ? said.brokeOff : words.failure.no_signal
    return
  }
  if (!(error instanceof ServerSaidNo)) throw error
  if (error.status === 401 || error.status === 403) {
    listFailure.value = said.noRight
  } else if (what === 'look' || what === 'try' || what === 'in') {
    fileFaults(refusedFaults(error.problems, error.title))
  } else {
    listFailure.value = error.problems.map(({ message }) => message).join(' ') || error.title
  }
}

/** Faults of the file or of what was said of it stand at the first step. */
function fileFaults(faults: ListFault[]) {
  goTo('#/bring-in')
  sayFaults(faults)
}

const CONTROLS: Record<string, string> = { areaSet: 'area-set', noHeader: 'no-header' }

/** A fault leaves when what it is about is said anew. */
function faultsLeave(said: string[]) {
  const controls = said.map(name => CONTROLS[name] ?? name)
  const { faults, attempt } = listFaults.value
  listFaults.value = { faults: faults.filter(({ field }) => !controls.includes(field)), attempt }
}

function sayFaults(faults: ListFault[]) {
  listFaults.value = { faults, attempt: listFaults.value.attempt + 1 }
}

function asked(file: File) {
  return listWords(listChoice.value, columnChoice.value, file.name)
}

function forgetList() {
  listFile.value = null
  listChoice.value = NO_CHOICE
  columnChoice.value = NO_COLUMNS
  explained.value = null
  missing.value = []
  tried.value = null
}

if (typeof addEventListener === 'function') {
  addEventListener('beforeunload', event => {
    if (work.value === 'in' || work.value === 'back') event.preventDefault()
  })
}
