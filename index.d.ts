// Generated from index.ts and src-ts by "npm run generate". Do not edit.

/** The version of the native addon. */
declare function version(): string;

export { version };
