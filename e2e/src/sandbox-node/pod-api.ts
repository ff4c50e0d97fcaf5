import { Agent, request } from 'node:https';
import { setTimeout as delay } from 'node:timers/promises';
import type { SandboxDescription } from '@kanikit/sandbox';

/** A pod's status as the API gives it, as far as these tests look. */
export interface PodStatus {
  readonly phase: string;
  readonly reason?: string;
  readonly message?: string;
  readonly containerStatuses?: readonly {
    readonly containerID?: string;
    readonly state: {
      readonly waiting?: { readonly reason: string; readonly message?: string };
      readonly running?: object;
      readonly terminated?: { readonly exitCode: number; readonly reason: string; readonly message?: string };
    };
  }[];
}

/** The few requests these tests make; every answer is JSON or text. */
export interface PodApi {
  create(kind: 'pods' | 'configmaps' | 'secrets', object: object): Promise<void>;
  status(pod: string): Promise<PodStatus>;
  /** Waits until `condition` holds; throws with the last status after `timeoutMs`. */
  until(pod: string, condition: (status: PodStatus) => boolean, timeoutMs?: number): Promise<PodStatus>;
  log(pod: string, query?: string): Promise<string>;
  events(pod: string): Promise<readonly { readonly reason: string; readonly message: string }[]>;
  remove(pod: string, query?: string): Promise<void>;
}

export const hasEnded = (status: PodStatus): boolean => ['Succeeded', 'Failed'].includes(status.phase);

export function podApi(description: SandboxDescription): PodApi {
  const agent = new Agent({ ca: description.authority, keepAlive: true });
  const base = `${description.apiServer}/api/v1/namespaces/default`;

  async function call(method: string, path: string, body?: object): Promise<string> {
    const headers = {
      authorization: `Bearer ${description.token}`,
      ...(body && { 'content-type': 'application/json' }),
    };
    return new Promise((resolve, reject) => {
      const sent = request(`${base}/${path}`, { method, headers, agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          if ((response.statusCode ?? 500) < 300) resolve(text);
          else reject(new Error(`${method} ${path}: ${response.statusCode} ${text}`));
        });
      });
      sent.on('error', reject);
      sent.end(body && JSON.stringify(body));
    });
  }

  const status = async (pod: string): Promise<PodStatus> =>
    (JSON.parse(await call('GET', `pods/${pod}`)) as { status: PodStatus }).status;

  return {
    create: async (kind, object) => void (await call('POST', kind, object)),
    status,
    async until(pod, condition, timeoutMs = 120_000) {
      const end = performance.now() + timeoutMs;
      for (;;) {
        const now = await status(pod);
        if (condition(now)) return now;
        if (performance.now() > end) throw new Error(`${pod} stays ${JSON.stringify(now)}`);
        await delay(50);
      }
    },
    log: (pod, query = '') => call('GET', `pods/${pod}/log?${query}`),
    async events(pod) {
      const list = JSON.parse(await call('GET', `events?fieldSelector=involvedObject.name%3D${pod}`)) as {
        items: { reason: string; message: string }[];
      };
      return list.items;
    },
    remove: async (pod, query = 'gracePeriodSeconds=1') =>
      void (await call('DELETE', `pods/${pod}?${query}`)),
  };
}
