// Law: the small words know results and rows.

import {
  allSettled,
  fail,
  Failure,
  forever,
  Get,
  orElse,
  pure,
  raceAll,
  repeat,
  retry,
  tap,
  Tell,
  zip,
  type Fails,
  type GetEffect,
  type NowEffect,
  type RealTime,
  type Result,
  type SleepEffect,
  type StructuredEffect,
  type TellEffect,
} from '../../index'
import { law, type ResultIn, type RowIn, type Same } from './law'

class Gone extends Failure('Gone') {}
const gone = fail(new Gone())
const n = Get<number>('n')

const zipped = zip(n, pure('a'), Tell('x'))
law<Same<ResultIn<typeof zipped>, [number | undefined, string, void]>>('zip answers each result')
law<Same<RowIn<typeof zipped>, GetEffect | TellEffect>>('and has the rows of all')

const tapped = tap(n, value => Tell(value))
law<Same<ResultIn<typeof tapped>, number | undefined>>('tap keeps the result')
law<Same<RowIn<typeof tapped>, GetEffect | TellEffect>>('and adds the row')

const either = orElse(gone, () => n)
law<Same<ResultIn<typeof either>, number | undefined>>('orElse answers one or the other')
law<Same<RowIn<typeof either>, GetEffect>>('and no failure of the first is left')

const again = repeat(n, 3)
law<Same<ResultIn<typeof again>, (number | undefined)[]>>('repeat answers a list')
const endless = forever(gone)
law<Same<RowIn<typeof endless>, Fails<Gone>>>('forever fails as its program')

const settled = allSettled([n, gone])
law<Same<ResultIn<typeof settled>, [Result<number | undefined>, Result<never>]>>('allSettled answers outcomes')
law<Same<RowIn<typeof settled>, GetEffect | StructuredEffect>>('and no failure is left')
const raced = raceAll([n, gone])
law<Same<RowIn<typeof raced>, GetEffect | Fails<Gone> | StructuredEffect>>('raceAll fails as the first one')

const plain = retry(n, { attempts: 3 })
law<Same<RowIn<typeof plain>, GetEffect | SleepEffect | RealTime>>('retry asks for no clock')
const limited = retry(n, { attempts: 3, total: 1000 })
law<Same<RowIn<typeof limited>, GetEffect | SleepEffect | NowEffect | RealTime>>('unless its time is limited')
