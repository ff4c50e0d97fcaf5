import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import { createCertificateAuthority } from './certificate-authority.ts';

/** What a webhook says of an object: JSON patch operations, or why it may not be. */
export type Admission = { readonly patch: readonly object[] } | { readonly denied: string };

/** An admission webhook: a service mesh's injector, a policy engine. */
export interface AdmissionWebhook extends AsyncDisposable {
  readonly url: string;
  /** PEM, for `clientConfig.caBundle`. */
  readonly authority: string;
  /** Objects it was asked about so far. */
  readonly asked: number;
}

/** Answers `AdmissionReview` of `admission.k8s.io/v1` at an address that the API server reaches. */
export async function startAdmissionWebhook(
  admit: (object: Readonly<Record<string, unknown>>) => Admission,
): Promise<AdmissionWebhook> {
  const authority = await createCertificateAuthority();
  const { certificate, key } = await authority.issue(['127.0.0.1']);
  let asked = 0;
  const server = createServer({ cert: certificate, key }, (request, response) => {
    void (async () => {
      asked += 1;
      const { request: review } = (await json(request)) as AdmissionReview;
      const said = admit(review.object);
      const answer = {
        apiVersion: 'admission.k8s.io/v1',
        kind: 'AdmissionReview',
        response:
          'denied' in said
            ? { uid: review.uid, allowed: false, status: { code: 403, message: said.denied } }
            : {
                uid: review.uid,
                allowed: true,
                patchType: 'JSONPatch',
                patch: Buffer.from(JSON.stringify(said.patch)).toString('base64'),
              },
      };
      response.setHeader('content-type', 'application/json').end(JSON.stringify(answer));
    })();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}/`,
    authority: authority.certificate,
    get asked() {
      return asked;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

interface AdmissionReview {
  readonly request: { readonly uid: string; readonly object: Readonly<Record<string, unknown>> };
}
