import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  openSync,
  readlinkSync,
  realpathSync,
  type Stats,
} from 'node:fs';
import { changedError, entryError } from '../errors/context-errors.ts';
import { toSystemPath } from '../names/system-path.ts';

/**
 * A directory of the context while it is walked. What is in it is reached through a descriptor where the system has names for those: the path of
 * the context may lead elsewhere by then, since somebody may put a link in the place of a directory.
 */
export interface OpenFolder {
  /** Relative to the context; '' for its top. */
  readonly path: string;
  /** The name on this machine of something in the directory. */
  locate(name: string): string | Buffer;
  /** The same for the directory itself. */
  readonly place: string | Buffer;
  /** Gives the descriptor back until the folder is used again: there are only so many. */
  rest(): void;
  /**
   * Ends the use.
   *
   * @throws KanikitError `context-changed` where the system has no such names and the directory was replaced
   */
  close(): void;
}

const descriptors = '/proc/self/fd';
const openFlags = constants.O_RDONLY | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0);
let hasDescriptorNames: boolean | undefined;

/**
 * @param at where it is on this machine, through the folder that it is in
 * @param root of the context: its real path, without links in it
 * @throws the file system's errors
 */
export function openFolder(root: string, path: string, at: string | Buffer): OpenFolder {
  hasDescriptorNames ??= process.platform === 'linux' && existsSync(descriptors);
  return hasDescriptorNames ? openByDescriptor(root, path, at) : openByPath(root, path);
}

function openByDescriptor(root: string, path: string, at: string | Buffer): OpenFolder {
  let descriptor: number | undefined = openSync(at, openFlags);
  if (path === '') checkRoot(root, descriptor);
  let first: Stats | undefined;
  const use = (): string => {
    if (descriptor === undefined) {
      descriptor = openSync(toSystemPath(root, path), openFlags);
      if (!isSame(fstatSync(descriptor), first!)) throw changedError(path, 'was replaced');
    }
    return `${descriptors}/${descriptor}`;
  };
  const close = (): void => {
    if (descriptor !== undefined) closeSync(descriptor);
    descriptor = undefined;
  };
  return {
    path,
    locate: (name) => toSystemPath(use(), name),
    get place() {
      return use();
    },
    rest() {
      if (descriptor !== undefined) first ??= fstatSync(descriptor);
      close();
    },
    close,
  };
}

/** The top is the only one that is reached by its path: a link in the place of a directory above it would lead to another. */
function checkRoot(root: string, descriptor: number): void {
  const opened = readlinkSync(`${descriptors}/${descriptor}`);
  if (opened === root || isSpelledOtherwise(root, opened)) return;
  closeSync(descriptor);
  throw changedError('.', 'was replaced');
}

/** A file system that does not tell upper from lower case names a directory as it keeps it, not as it was asked for. */
function isSpelledOtherwise(root: string, opened: string): boolean {
  const spelling = (path: string): string => path.normalize('NFC').toLowerCase();
  return spelling(opened) === spelling(root) && realpathSync.native(root) === root;
}

/** Looks at the end whether the directory is still the one that it was: what was replaced for a moment only is not seen. */
function openByPath(root: string, path: string): OpenFolder {
  const folder = toSystemPath(root, path);
  const first = lstatSync(folder);
  if (!first.isDirectory()) throw changedError(path, 'was replaced');
  return {
    path,
    locate: (name) => toSystemPath(root, path === '' ? name : `${path}/${name}`),
    place: folder,
    rest() {},
    close() {
      try {
        if (!isSame(lstatSync(folder), first)) throw changedError(path, 'was replaced');
      } catch (error) {
        throw entryError(path, error);
      }
    },
  };
}

function isSame(left: Stats, right: Stats): boolean {
  return left.dev === right.dev && left.ino === right.ino && left.isDirectory();
}
