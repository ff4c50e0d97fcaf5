import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { findSshd } from './openssh-server.ts';
import { runProgram } from './run-program.ts';

/** A real sshd, which lets its own user in with one key. */
export interface SshServer extends AsyncDisposable {
  /** `ssh://user@127.0.0.1:PORT` */
  readonly url: string;
  /** Value of `GIT_SSH_COMMAND` for a client that has the key and knows the host; parts of it can be wrong. */
  command(wrong?: 'key' | 'host'): string;
}

// Its user must exist, and a folder: both do so for this process only.
const rootScript = `
set -e
mount --bind "$FOLDER/passwd" /etc/passwd
mount --bind "$FOLDER/shadow" /etc/shadow
mount -t tmpfs run /run
mkdir -m 755 /run/sshd
exec "$SSHD" "$@"`;

/** @param folder - empty; it holds keys and settings */
export async function startSshServer(folder: string, signal: AbortSignal): Promise<SshServer> {
  const sshd = await findSshd(signal);
  for (const name of ['host', 'user', 'other']) {
    await runProgram('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name)]);
  }
  await copyFile(join(folder, 'user.pub'), join(folder, 'authorized_keys'));
  await writeFile(join(folder, 'config'), configuration(folder));
  const isRoot = process.getuid?.() === 0;
  if (isRoot) await writeAccounts(folder);
  const args = ['-i', '-e', '-f', join(folder, 'config')];
  const children = new Set<ReturnType<typeof spawn>>();
  // One sshd for each connection, as inetd does it: none has to be waited for.
  const server = createServer({ pauseOnConnect: true }, (socket) => {
    const [file, ...first] = isRoot ? ['unshare', '--mount', 'sh', '-c', rootScript, 'sh'] : [sshd.path];
    const child = spawn(file, [...first, ...args], {
      env: { ...process.env, LD_LIBRARY_PATH: sshd.libraries ?? '', SSHD: sshd.path, FOLDER: folder },
      stdio: [socket, socket, 'ignore'],
    });
    children.add(child);
    child.on('exit', () => children.delete(child));
    socket.destroy();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const host = await readFile(join(folder, 'host.pub'), 'utf8');
  const other = await readFile(join(folder, 'other.pub'), 'utf8');
  await writeFile(join(folder, 'known'), `[127.0.0.1]:${port} ${host}`);
  await writeFile(join(folder, 'wrong-known'), `[127.0.0.1]:${port} ${other}`);
  return {
    url: `ssh://${userInfo().username}@127.0.0.1:${port}`,
    command: (wrong) =>
      [
        'ssh -F none -o BatchMode=yes -o IdentitiesOnly=yes -o StrictHostKeyChecking=yes',
        `-o UserKnownHostsFile=${join(folder, wrong === 'host' ? 'wrong-known' : 'known')}`,
        `-i ${join(folder, wrong === 'key' ? 'other' : 'user')}`,
      ].join(' '),
    [Symbol.asyncDispose]: async () => {
      for (const child of children) child.kill('SIGKILL');
      server.close();
      await once(server, 'close');
    },
  };
}

function configuration(folder: string): string {
  return [
    `HostKey ${join(folder, 'host')}`,
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin prohibit-password',
    'AcceptEnv GIT_PROTOCOL',
    'PidFile none',
    '',
  ].join('\n');
}

async function writeAccounts(folder: string): Promise<void> {
  const accounts = await readFile('/etc/passwd', 'utf8');
  const others = accounts.split('\n').filter((line) => line !== '' && !line.startsWith('sshd:'));
  await writeFile(
    join(folder, 'passwd'),
    [...others, 'sshd:x:65533:65534::/run/sshd:/usr/sbin/nologin', ''].join('\n'),
  );
  // Without a password, but not locked.
  await writeFile(join(folder, 'shadow'), 'root:*:19000:0:99999:7:::\nsshd:!:19000::::::\n', { mode: 0o640 });
}
