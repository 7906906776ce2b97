// The version of this front, which a backend must have too. The build writes it into the bundle: reading package.json
// would take a fifth of the time that importing takes.

/** The version in package.json. */
export const { version: ownVersion } = require('#manifest') as { version: string }
