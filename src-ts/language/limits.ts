// Limits that hold unless a program says otherwise.

/** The most tasks of a scheduler at a time: some 900 MB of them. */
export const MOST_TASKS = 1_000_000
