// What this device keeps when there is no signal: drafts and the outbox, in one IndexedDB database.

export type StoreName = 'drafts' | 'outbox'

let opening: Promise<IDBDatabase> | null = null

function database(): Promise<IDBDatabase> {
  opening ??= new Promise((resolve, reject) => {
    const request = indexedDB.open('common-ground', 1)
    request.onupgradeneeded = () => {
      request.result.createObjectStore('drafts')
      request.result.createObjectStore('outbox')
    }
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
  return opening
}

export interface Write {
  store: StoreName
  key: string
  /** Absent: the entry is removed. */
  value?: unknown
}

/** All of it or none of it. */
export async function writeTogether(writes: Write[]): Promise<void> {
  const db = await database()
  const transaction = db.transaction([...new Set(writes.map(write => write.store))], 'readwrite')
  for (const { store, key, value } of writes) {
    if (value === undefined) transaction.objectStore(store).delete(key)
    else transaction.objectStore(store).put(value, key)
  }
  await new Promise<void>((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error)
  })
}

export async function readAll<T>(store: StoreName): Promise<T[]> {
  const db = await database()
  return settled<T[]>(db.transaction(store).objectStore(store).getAll() as IDBRequest<T[]>)
}

export async function readOne<T>(store: StoreName, key: string): Promise<T | undefined> {
  const db = await database()
  return settled<T | undefined>(db.transaction(store).objectStore(store).get(key) as IDBRequest<T | undefined>)
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error)
  })
}
