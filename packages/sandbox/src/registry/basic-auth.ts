import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

import { RegistryError } from './registry-error.ts';

/** Throws 401 with a `Basic` challenge unless the request carries the password of one of `users` (name → password). */
export function requireUser(request: IncomingMessage, users: Readonly<Record<string, string>>): void {
  const [scheme = '', encoded = ''] = (request.headers.authorization ?? '').split(' ', 2);
  const credentials = scheme.toLowerCase() === 'basic' ? Buffer.from(encoded, 'base64').toString('utf8') : '';
  const colon = credentials.indexOf(':');
  const name = credentials.slice(0, Math.max(colon, 0));
  const password = Object.hasOwn(users, name) ? users[name] : undefined;
  if (colon >= 0 && password !== undefined && isSame(credentials.slice(colon + 1), password)) return;
  throw new RegistryError({
    status: 401,
    code: 'UNAUTHORIZED',
    message: 'authentication required',
    headers: { 'WWW-Authenticate': 'Basic realm="kanikit sandbox registry", charset="UTF-8"' },
  });
}

/** Compares digests, so that the time taken tells nothing about the password. */
function isSame(left: string, right: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(left), digest(right));
}
