// import for effection: nothing of it is loaded before.
export const importing = () => import('effection')
