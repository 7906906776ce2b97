// effection has no "yield to the others"; a resolved promise is the cheapest suspension.
import { until } from 'effection'

export const tick = () => until(Promise.resolve())
