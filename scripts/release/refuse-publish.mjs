// `prepublishOnly`: refuses to publish outside of the release, which packs every package itself (scripts/release/pack.mjs).
// The manifests are `private` as well, since npm runs no script where `ignore-scripts` is set.

if (process.env.DOEFF_RELEASE !== '1') {
  console.error(
    [
      'doeff-vm is published by the workflow .github/workflows/release.yml only: a package from this folder would load nowhere,',
      'since its addons are packages of their own. To see what would be published, run "npm run check:package".',
    ].join('\n'),
  )
  process.exit(1)
}
