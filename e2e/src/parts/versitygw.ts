import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import {
  CreateBucketCommand,
  ListMultipartUploadsCommand,
  ListObjectVersionsCommand,
  PutBucketPolicyCommand,
  PutBucketVersioningCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { CertificateAuthority } from './certificate-authority.ts';
import { goPart } from './go-part.ts';
import { runProgram } from './run-program.ts';
import { findFreePort } from './start-server.ts';

export interface VersitygwOptions {
  /** Makes the server speak TLS. */
  readonly authority?: CertificateAuthority;
  /** Keeps old versions of objects. @default false */
  readonly hasVersions?: boolean;
  /** Where the buckets are. @default a folder that goes with the server */
  readonly folder?: string;
}

/** A real S3 server over a folder, with a bucket. */
export interface Versitygw extends AsyncDisposable {
  readonly url: string;
  readonly bucket: string;
  readonly region: string;
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  readonly client: S3Client;
  /** Makes a user who may do just that (`s3:PutObject`, …) in the bucket. */
  addUser(...actions: readonly string[]): Promise<Versitygw['credentials']>;
  /** Keys of all objects, delete markers and unfinished uploads in the bucket. */
  list(): Promise<readonly string[]>;
}

const startLimitMs = 20_000;
const region = 'eu-test-1';
const bucket = 'builds';
const credentials = { accessKeyId: 'versity-root', secretAccessKey: 'versity-secret-key' };

/** Starts the server; throws with what it wrote when it does not come up. */
export async function startVersitygw(options: VersitygwOptions = {}): Promise<Versitygw> {
  const program = await goPart('versitygw', new AbortController().signal);
  const scratch = await mkdtemp(join(tmpdir(), 'kanikit-versitygw-'));
  const root = options.folder ?? join(scratch, 'buckets');
  const versions = join(scratch, 'versions');
  const users = join(scratch, 'users');
  await Promise.all([root, versions, users].map((folder) => mkdir(folder, { recursive: true })));
  const port = await findFreePort();
  const { authority, hasVersions = false } = options;
  const tls = authority === undefined ? [] : await writeCertificate(scratch, authority);
  const general = [
    '--port',
    `127.0.0.1:${port}`,
    '--region',
    region,
    '--quiet',
    '--keep-alive',
    '--iam-dir',
    users,
    ...tls,
  ];
  const server = spawn(
    program,
    [...general, 'posix', ...(hasVersions ? ['--versioning-dir', versions] : []), root],
    {
      env: {
        ...process.env,
        ROOT_ACCESS_KEY: credentials.accessKeyId,
        ROOT_SECRET_KEY: credentials.secretAccessKey,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  let output = '';
  for (const stream of [server.stdout, server.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const url = `${authority === undefined ? 'http' : 'https'}://127.0.0.1:${port}`;
  const client = new S3Client({
    endpoint: url,
    region,
    credentials,
    forcePathStyle: true,
    requestHandler: { httpsAgent: new Agent({ keepAlive: true, ca: authority?.certificate }) },
  });
  const stop = async (): Promise<void> => {
    client.destroy();
    if (server.exitCode === null && server.signalCode === null) {
      server.kill('SIGKILL');
      await once(server, 'exit');
    }
    await rm(scratch, { recursive: true, force: true });
  };
  try {
    await waitForPort(port, () => server.exitCode === null);
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    if (hasVersions) {
      const VersioningConfiguration = { Status: 'Enabled' } as const;
      await client.send(new PutBucketVersioningCommand({ Bucket: bucket, VersioningConfiguration }));
    }
  } catch (error) {
    await stop();
    throw new Error(`versitygw did not start: ${output}`, { cause: error });
  }
  return {
    url,
    bucket,
    region,
    credentials,
    client,
    addUser: async (...actions) => {
      const user = { accessKeyId: `user-${randomUUID()}`, secretAccessKey: randomUUID() };
      const admin = [
        '-a',
        credentials.accessKeyId,
        '-s',
        credentials.secretAccessKey,
        '-r',
        region,
        '--er',
        url,
        '--ai',
      ];
      const added = ['create-user', '-a', user.accessKeyId, '-s', user.secretAccessKey, '-r', 'user'];
      const made = await runProgram(program, ['admin', ...admin, ...added]);
      if (made.exitCode !== 0) throw new Error(`versitygw made no user: ${made.stdout}${made.stderr}`);
      await client.send(
        new PutBucketPolicyCommand({ Bucket: bucket, Policy: policyFor(user.accessKeyId, actions) }),
      );
      return user;
    },
    list: () => listAll(client),
    [Symbol.asyncDispose]: stop,
  };
}

function policyFor(user: string, actions: readonly string[]): string {
  const allow = { Effect: 'Allow', Principal: { AWS: [user] } };
  const [onBucket, onObjects] = [
    actions.filter((action) => /List|Bucket/.test(action)),
    actions.filter((action) => !/List|Bucket/.test(action)),
  ];
  const arn = `arn:aws:s3:::${bucket}`;
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      ...(onBucket.length > 0 ? [{ ...allow, Action: onBucket, Resource: arn }] : []),
      { ...allow, Action: onObjects, Resource: `${arn}/*` },
    ],
  });
}

async function listAll(client: S3Client): Promise<readonly string[]> {
  const objects = await client.send(new ListObjectVersionsCommand({ Bucket: bucket }));
  const uploads = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  return [
    ...(objects.Versions ?? []).map(({ Key }) => `${Key}`),
    ...(objects.DeleteMarkers ?? []).map(({ Key }) => `delete marker ${Key}`),
    ...(uploads.Uploads ?? []).map(({ Key }) => `upload ${Key}`),
  ];
}

async function writeCertificate(folder: string, authority: CertificateAuthority): Promise<readonly string[]> {
  const { certificate, key } = await authority.issue(['127.0.0.1', 'localhost']);
  const [certificateFile, keyFile] = [join(folder, 'server.pem'), join(folder, 'server.key')];
  await writeFile(certificateFile, certificate);
  await writeFile(keyFile, key, { mode: 0o600 });
  return ['--cert', certificateFile, '--key', keyFile];
}

async function waitForPort(port: number, isAlive: () => boolean): Promise<void> {
  const until = Date.now() + startLimitMs;
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch (error) {
      if (!isAlive() || Date.now() > until) throw error;
      await setTimeout(20);
    } finally {
      socket.destroy();
    }
  }
}
