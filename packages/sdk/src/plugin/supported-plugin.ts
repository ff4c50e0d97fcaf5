import { KanikitError } from '@kanikit/spec';
import { contracts, type PluginKind } from './contracts.ts';
import { createGuard } from './guarded.ts';

/** The version of the contracts in `@kanikit/spec` that this release keeps. */
const specVersion = 1;

/**
 * A plugin of the user's whose own errors are told as its own: what is no KanikitError has `plugin-failed` around it, with the plugin's name and what
 * it was asked. So has an answer that is not what the contract says. The same goes for what it answers: an archive, a pod, their streams.
 *
 * @throws KanikitError `plugin-unsupported` where it was made for another release
 */
export function supportedPlugin<T extends object & { readonly specVersion: number }>(
  plugin: T,
  kind: PluginKind,
  name: string,
): T {
  if (plugin.specVersion !== specVersion) {
    throw new KanikitError({
      code: 'plugin-unsupported',
      message: `Using the ${name}: it was made for version ${plugin.specVersion} of the plugin contract, and this kanikit has version ${specVersion}.`,
      hint: 'Use releases of plugin and kanikit that belong together.',
    });
  }
  return createGuard()(plugin, contracts[kind], { words: `${name}: `, signals: [] }) as T;
}
