import { posix } from 'node:path';
import { quotePath } from '../errors/context-errors.ts';
import { dockerfileNames } from '../dockerfiles/dockerfile-names.ts';
import { normalEntryPath } from './entry-path.ts';
import type { WalkedEntry } from './tar-walker.ts';

/** Where else in an archive the Dockerfile may be: archives of a repository, as GitHub and GitLab make them, have everything in one folder. */
export interface DockerfilePlaces {
  see(entry: WalkedEntry): void;
  /** What to do about a Dockerfile that the archive does not have at `path`. */
  hint(otherwise: string): string;
}

/** More folders are not collected, and of long names not more than that in all. */
const mostFolders = 100;
const mostShown = 5;

/** @param path - where the Dockerfile should be */
export function createDockerfilePlaces(path: string): DockerfilePlaces {
  const wanted = normalEntryPath(path);
  const endings = dockerfileNames(wanted).map((name) => `/${name}`);
  const folders = new Set<string>();
  let top: string | undefined;
  let isOnly = true;
  let hasFiles = false;
  return {
    see({ path: entryPath, type }) {
      const normal = normalEntryPath(entryPath);
      if (normal === '' || isOfMacOs(normal)) return;
      const slash = normal.indexOf('/');
      const first = slash === -1 ? normal : normal.slice(0, slash);
      top ??= first;
      isOnly &&= first === top && (slash !== -1 || type === 'Directory');
      if (type === 'Directory') return;
      hasFiles = true;
      const ending = endings.find((one) => normal.endsWith(one));
      if (ending !== undefined && folders.size < mostFolders) folders.add(normal.slice(0, -ending.length));
    },
    hint(otherwise) {
      const [nearest, next] = [...folders].toSorted((a, b) => depth(a) - depth(b) || (a < b ? -1 : 1));
      const only = isOnly && hasFiles ? top : undefined;
      if (nearest !== undefined && (next === undefined || depth(next) > depth(nearest))) {
        const where =
          nearest === only
            ? `Everything in the archive is in the folder ${quotePath(nearest)}`
            : `There is ${quotePath(`${nearest}/${wanted}`)}`;
        return `${where}: build from there with ${subPathOf(nearest)}.`;
      }
      if (nearest !== undefined)
        return `${several(folders, wanted)} Build from the folder of one with \`contextSubPath\`.`;
      if (only === undefined) return otherwise;
      return `Everything in the archive is in the folder ${quotePath(only)}, which has no ${quotePath(wanted)}. ${otherwise}`;
    },
  };
}

/** What macOS puts beside the files of an archive. */
function isOfMacOs(path: string): boolean {
  return /(?:^|\/)(?:\._[^/]*|\.DS_Store)$|^__MACOSX(?:\/|$)/.test(path);
}

/** With its value if that can stand in a command line as it is. */
function subPathOf(folder: string): string {
  return /^[\w./@+-]+$/.test(folder) ? `\`contextSubPath: ${folder}\`` : '`contextSubPath`';
}

function several(folders: ReadonlySet<string>, wanted: string): string {
  const shown = [...folders]
    .toSorted()
    .slice(0, mostShown)
    .map((folder) => quotePath(posix.join(folder, wanted)));
  const more = folders.size > mostShown ? ` and ${folders.size - mostShown} more` : '';
  return `There are ${shown.join(', ')}${more}.`;
}

function depth(folder: string): number {
  return folder.split('/').length;
}
