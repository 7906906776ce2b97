// import for doeff-vm: nothing of it is loaded before.
export const importing = () => import('doeff-vm')
