import { readFileSync } from 'node:fs';
import { Agent, request } from 'node:https';

/** An answer of the API server. */
export interface ApiAnswer<T = unknown> {
  readonly status: number;
  readonly body: T;
}

/** Requests past the driver: what tests prepare, and what they look at afterwards. */
export interface KubernetesApi {
  /** `body` of a PATCH is a merge patch. Throws for anything but a success, unless `isTolerant`. */
  call<T>(
    method: string,
    path: string,
    body?: object,
    options?: { readonly isTolerant?: boolean },
  ): Promise<ApiAnswer<T>>;
  close(): void;
}

interface Kubeconfig {
  readonly clusters: readonly {
    readonly cluster: { readonly server: string; readonly 'certificate-authority-data': string };
  }[];
  readonly users: readonly { readonly user: { readonly token: string } }[];
}

/** The API that a kubeconfig (in JSON, with a token) names. */
export function kubernetesApi(kubeconfigFile: string): KubernetesApi {
  const config = JSON.parse(readFileSync(kubeconfigFile, 'utf8')) as Kubeconfig;
  const { server, 'certificate-authority-data': authority } = config.clusters[0]!.cluster;
  const { token } = config.users[0]!.user;
  const agent = new Agent({ ca: Buffer.from(authority, 'base64'), keepAlive: true });
  return {
    call: <T>(method: string, path: string, body?: object, { isTolerant = false } = {}) =>
      new Promise<ApiAnswer<T>>((resolve, reject) => {
        const bytes = body && Buffer.from(JSON.stringify(body));
        const headers = {
          authorization: `Bearer ${token}`,
          accept: 'application/json',
          ...(bytes && {
            'content-type': method === 'PATCH' ? 'application/merge-patch+json' : 'application/json',
            'content-length': bytes.length,
          }),
        };
        const sent = request(`${server}${path}`, { method, headers, agent }, (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString();
            const status = response.statusCode ?? 0;
            if (status >= 300 && !isTolerant) reject(new Error(`${method} ${path}: ${status} ${text}`));
            else resolve({ status, body: parse(text) as T });
          });
        });
        sent.on('error', reject);
        sent.end(bytes);
      }),
    close: () => agent.destroy(),
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Logs and health are plain text.
    return text;
  }
}
