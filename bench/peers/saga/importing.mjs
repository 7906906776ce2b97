// import for redux-saga: nothing of it is loaded before.
export const importing = () => import('redux-saga')
