// The service over a file: the one place where the service and its storage meet.

import { Do } from 'doeff-vm'

import { service } from './service'
import type { Settings } from './settings'
import { keptIn, openStore, save } from './storage'

/** The service whose items are in `file`. However it ends, the file is complete afterwards. */
export const keptInFile = Do(function* keptInFile(file: string, settings: Settings, onReady: (port: number) => void) {
  const store = yield* openStore(file)
  try {
    yield* service(settings, onReady).with(keptIn(store))
  } finally {
    yield* save(store)
  }
})
