import { KanikitError } from '@kanikit/spec';

/** The version of the contracts in `@kanikit/spec` that this release keeps. */
const specVersion = 1;

/**
 * A plugin of the user's, as it is: its contract is known from its type, but not where it was made for another release.
 *
 * @throws KanikitError `plugin-unsupported`
 */
export function supportedPlugin<T extends { readonly specVersion: number }>(plugin: T, name: string): T {
  if (plugin.specVersion === specVersion) return plugin;
  throw new KanikitError({
    code: 'plugin-unsupported',
    message: `Using the ${name}: it was made for version ${plugin.specVersion} of the plugin contract, and this kanikit has version ${specVersion}.`,
    hint: 'Use releases of plugin and kanikit that belong together.',
  });
}
