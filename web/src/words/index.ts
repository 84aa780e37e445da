// All wording of the screens, by key, in this one folder: plain English, the words of the people who use it. Those of
// bringing a list in stand apart, since few people ever need them and they come with its screen.
import { card, times } from './card.ts'
import { common } from './common.ts'
import { coverage, gaps } from './coverage.ts'
import { find } from './find.ts'
import { found, outbox } from './found.ts'
import { about, signIn, slip } from './others.ts'
import { values } from './values.ts'

export const words = {
  ...common,
  days: {
    Mo: 'Monday',
    Tu: 'Tuesday',
    We: 'Wednesday',
    Th: 'Thursday',
    Fr: 'Friday',
    Sa: 'Saturday',
    Su: 'Sunday',
  },
  find,
  card,
  times,
  slip,
  found,
  outbox,
  coverage,
  gaps,
  signIn,
  about,
  values,
}
