// How many random programs are tried, and which.
//
// The two passes of the suite, against the release addon and against the checked one, try half of the programs each,
// and not the same ones. DOEFF_ORACLE_RUNS says how many are tried in a pass, which are then others each time.

const asked = process.env.DOEFF_ORACLE_RUNS

/** How many random programs a pass tries. */
export const programsTried = Number(asked ?? 5000)

const SEED = process.env.DOEFF_CHECKED === '1' ? 6202 : 2026

/** The seed of one property, the same in each run of a pass, unless programs were asked for. */
export const seedOf = (property: number): { seed?: number } => (asked === undefined ? { seed: SEED + property } : {})
