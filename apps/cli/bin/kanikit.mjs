#!/usr/bin/env node
import module from 'node:module';

const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 12)) {
  process.stderr.write(`kanikit needs Node 22.12 or newer; this is Node ${process.versions.node}.\n`);
  process.exit(2);
}
// The user's environment, as it is: build args without a value and credential helpers get it.
const env = { ...process.env };
// React's development build keeps every frame's measurements; it decides when it is first loaded.
process.env.NODE_ENV = 'production';
module.enableCompileCache?.();
const { runProcess } = await import('../dist/run-process.js');
await runProcess(env);
