// Where the addon under test lies.

import { readdirSync } from 'node:fs'
import { join } from 'node:path'

const native = join(__dirname, '../../native')

/** The release addon, as the build names it for this system. */
export const releaseAddon = join(native, readdirSync(native).find(file => file.endsWith('.node')) ?? 'none.node')
/** The addon that these tests load: the checked one in the second pass. */
export const addonFile = process.env.DOEFF_CHECKED === '1' ? join(native, 'checked/doeff-vm.node') : releaseAddon
