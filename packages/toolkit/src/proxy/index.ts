export { chooseProxy, type Environment } from './choose-proxy.ts';
export { http, https } from './node-http.ts';
export { parseProxy, ProxyError } from './parse-proxy.ts';
export { createProxiedAgent, type ProxyChoice } from './proxied-agent.ts';
export { type FetchOptions, proxiedFetch } from './proxied-fetch.ts';
