import type { Agent as HttpAgent } from 'node:http';
import type { AgentOptions } from 'node:https';
import type { Socket } from 'node:net';
import { createProxiedAgent } from '@kanikit/toolkit/proxy';
import { withSystemAuthorities } from '../web/system-authorities.ts';
import { type IsForContent, limitAnswers } from './limit-answers.ts';

/** Longest silence on a connection: a server that stops in the middle is given up, a slow one is not. */
const silenceMs = 30_000;

export interface AgentSettings {
  /** PEM certificates to trust besides the system's. */
  readonly certificateAuthorities?: string | undefined;
  /** @default 30,000 */
  readonly silenceMs?: number | undefined;
}

/**
 * Connections for the SDKs of Google and Azure, whose own have a limit for a whole request (which a large upload on a thin line exceeds) or none
 * at all. Follows the proxies of the environment; answers that are no content of objects are bounded.
 */
export function createSilenceLimitedAgent(
  url: string,
  settings: AgentSettings,
  isForContent: IsForContent,
): HttpAgent {
  const timeout = settings.silenceMs ?? silenceMs;
  const ca = withSystemAuthorities(settings.certificateAuthorities);
  const options: AgentOptions = {
    keepAlive: true,
    timeout,
    ...(ca !== undefined && { ca: [...ca] }),
  };
  const agent = createProxiedAgent(new URL(url), options);
  endSilence(agent, timeout);
  return limitAnswers(agent, isForContent);
}

type Connect = HttpAgent['createConnection'];

/** Node only tells that a connection is silent; here it ends. */
function endSilence(agent: HttpAgent, timeoutMs: number): void {
  const connect: Connect = agent.createConnection.bind(agent);
  const watch = (socket: Socket): void => {
    socket.once('timeout', () => socket.destroy(silent(timeoutMs)));
  };
  agent.createConnection = (options, callback) => {
    const socket = connect(options, (error, later) => {
      if (later !== undefined) watch(later as Socket);
      callback?.(error, later);
    });
    if (socket) watch(socket as Socket);
    return socket;
  };
}

function silent(timeoutMs: number): Error {
  return Object.assign(new Error(`nothing came for ${timeoutMs / 1000} s`), { code: 'ETIMEDOUT' });
}
