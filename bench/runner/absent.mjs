// Why n/a stands in a table: the reasons that the workloads give, one line per implementation and reason.

/** Markdown, or undefined where every implementation has a program for every workload. */
export function describeAbsent({ workloads, implementations }) {
  const programs = new Map()
  for (const name of implementations)
    for (const { cannot, probe, key } of workloads)
      if (cannot?.[name] !== undefined) addTo(programs, `- ${name}: ${cannot[name]}`, probe ?? key)
  if (programs.size === 0) return undefined
  return [...programs].map(([reason, names]) => `${reason} (${[...names].join(', ')})`).join('\n')
}

function addTo(sets, key, value) {
  if (!sets.has(key)) sets.set(key, new Set())
  sets.get(key).add(value)
}
