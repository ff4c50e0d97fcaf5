// A process of its own: under the test runner's import conditions, `isomorphic-ws` gets the wrong half of `ws`.
// `node attach-program.ts POD` sends half a megabyte to the pod's stdin, ends it, and prints what came back.
import { PassThrough, Readable } from 'node:stream';
import { once } from 'node:events';
import { Attach, KubeConfig } from '@kubernetes/client-node';

const config = new KubeConfig();
config.loadFromDefault();
const out = new PassThrough();
const stdin = Readable.from([Buffer.alloc(300_000), Buffer.alloc(200_000)]);
const pod = process.argv[2] ?? '';
const socket = await new Attach(config).attach('default', pod, 'executor', out, null, stdin, false);
const closed = once(socket, 'close');
const [answer] = (await once(out, 'data')) as [Buffer];
await closed;
process.stdout.write(JSON.stringify({ protocol: socket.protocol, answer: String(answer) }));
