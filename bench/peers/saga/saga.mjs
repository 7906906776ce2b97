// redux-saga without Redux: a saga started with an idle store; the promise of its result.
import { buffers, channel, runSaga, stdChannel } from 'redux-saga'

const idleStore = () => ({ channel: stdChannel(), dispatch() {}, getState() {} })

export const start = (saga, ...args) => runSaga(idleStore(), saga, ...args).toPromise()

export const mailbox = () => channel(buffers.expanding(4))

/** There is no "yield to the others"; a resolved promise is the cheapest suspension. */
export const tick = () => Promise.resolve()
