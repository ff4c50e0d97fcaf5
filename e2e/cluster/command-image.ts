import { cp, mkdir, mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { goPart } from '../src/parts/go-part.ts';
import { images } from './images.ts';
import { registry } from './layout.ts';
import { run } from './run.ts';

const commandImage = `${registry}/kanikit:1`;

const workspace = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Makes an image with the `kanikit` command of this workspace, as it is published, and its Node, and pushes it to the cluster's registry. Returns its name
 * with the digest: nodes keep images by name, also those that another workspace has pushed.
 */
export async function pushCommandImage(): Promise<string> {
  const crane = await goPart('crane', new AbortController().signal);
  const folder = await mkdtemp(join(tmpdir(), 'kanikit-image-'));
  try {
    const root = join(folder, 'root');
    await mkdir(root);
    const { packageManager } = JSON.parse(await readFile(join(workspace, 'package.json'), 'utf8')) as {
      readonly packageManager: string;
    };
    const deploy = [
      '--filter',
      'kanikit',
      '--prod',
      '--legacy',
      '--prefer-offline',
      'deploy',
      join(root, 'kanikit'),
    ];
    await run('npx', '-y', packageManager, '--dir', workspace, ...deploy);
    await addNode(root);
    const layer = join(folder, 'layer.tar');
    // The machine's own: the package of that name (7.5.23) does not come to an end here. It keeps files with several hard links back, as all are that
    // pnpm puts there, and may keep back the very one it waits for.
    await run('tar', '--create', '--file', layer, '--directory', root, '--owner=0', '--group=0', '.');
    const base = ['--base', images.base];
    await run(crane, 'append', '--insecure', ...base, '--new_layer', layer, '--new_tag', commandImage);
    const path = 'PATH=/usr/local/bin:/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin';
    const pushed = await run(
      crane,
      'mutate',
      '--insecure',
      commandImage,
      '--tag',
      commandImage,
      '--env',
      path,
      '--cmd',
      'kanikit',
    );
    return pushed.trim();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The pinned Node with the libraries that the base image may lack, and the command's name on the path. */
async function addNode(root: string): Promise<void> {
  const bin = join(root, 'usr', 'local', 'bin');
  await mkdir(bin, { recursive: true });
  await cp(process.execPath, join(bin, 'node'), { dereference: true });
  await symlink('/kanikit/bin/kanikit.mjs', join(bin, 'kanikit'));
  for (const [, library] of (await run('ldd', process.execPath)).matchAll(/=> (\/\S+)/g)) {
    const target = join(root, library!.replace(/^\/lib/, '/usr/lib'));
    await mkdir(dirname(target), { recursive: true });
    await cp(library!, target, { dereference: true });
  }
}
