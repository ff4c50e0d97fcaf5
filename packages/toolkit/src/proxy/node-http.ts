import type httpModule from 'node:http';
import type httpsModule from 'node:https';

// An `import` of `node:http` evaluates every name that it exports, the WebSocket of `fetch` among them: 25 ms of a start, for names that nobody
// here uses. This way costs 3 ms.
export const http: typeof httpModule = process.getBuiltinModule('node:http');
export const https: typeof httpsModule = process.getBuiltinModule('node:https');
