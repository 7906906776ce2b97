// import for Effect: nothing of it is loaded before.
export const importing = () => import('effect')
