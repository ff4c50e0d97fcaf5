import { temporaryFolder } from '@kanikit/testing';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** A repository that is reached "over ssh": a script in the place of ssh runs the server's program on this machine. */
export interface SshRepository {
  readonly reference: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly folder: string;
  git(...args: readonly string[]): string;
  /** Commits files on the branch that is checked out; the commit's name. */
  commit(files: Readonly<Record<string, string>>): string;
}

/** Logs its arguments, drops the options and the host, and runs the rest. */
const sshScript = `#!/bin/sh
echo "$@" >> "$(dirname "$0")/ssh.log"
while [ "\${1#-}" != "$1" ]; do shift; case "$1" in *=*) shift;; esac; done
shift
eval "$@"
`;

export function createSshRepository(files: Readonly<Record<string, string>>, name = 'app'): SshRepository {
  const folder = temporaryFolder();
  const repository = join(folder, `${name}.git`);
  mkdirSync(repository);
  const ssh = join(folder, 'ssh');
  writeFileSync(ssh, sshScript);
  chmodSync(ssh, 0o755);
  const gitEnv = {
    ...process.env,
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Test',
    GIT_AUTHOR_EMAIL: 'test@example.com',
    GIT_COMMITTER_NAME: 'Test',
    GIT_COMMITTER_EMAIL: 'test@example.com',
  };
  const git = (...args: readonly string[]): string =>
    execFileSync('git', ['-C', repository, ...args], { env: gitEnv, stdio: ['ignore', 'pipe', 'pipe'] })
      .toString()
      .trim();
  git('init', '--quiet', '--initial-branch=main');
  const commit = (changed: Readonly<Record<string, string>>): string => {
    for (const [path, content] of Object.entries(changed)) {
      mkdirSync(dirname(join(repository, path)), { recursive: true });
      writeFileSync(join(repository, path), content);
    }
    git('add', '--all', '--force');
    git('commit', '--quiet', '--allow-empty', '--message=change');
    return git('rev-parse', 'HEAD');
  };
  commit(files);
  return {
    reference: `git@example.com:${repository}`,
    env: { PATH: process.env['PATH'], GIT_SSH_COMMAND: ssh, GIT_CONFIG_GLOBAL: '/dev/null' },
    folder,
    git,
    commit,
  };
}
