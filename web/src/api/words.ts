// The words that questions take, as the server's description has them: none is typed by hand here.
import type { paths } from './schema.d.ts'

/** The words of a GET of this address. */
export type WordsOf<Address extends keyof paths> = paths[Address] extends { get: { parameters: { query?: infer Words } } } ? NonNullable<Words> : never
