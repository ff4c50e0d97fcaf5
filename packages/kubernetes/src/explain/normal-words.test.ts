import { expect, test } from 'vitest';
import { normalWords } from './normal-words.ts';

test.each([
  [
    'Failed to create pod sandbox: failed to setup network for sandbox "8f14e45fceea167a5a36dedd4bea2543": timeout',
    'Failed to create pod sandbox: failed to setup network for sandbox "c9f0f895fb98ab9159f51fd0297e236d": timeout',
  ],
  [
    'back-off 10s restarting failed container=proxy pod=a_b(0e31b2f4-6b7e-4b7b-9f6e-3a1d9c2f4e5a)',
    'back-off 2m40s restarting failed container=proxy pod=a_b(7f31b2f4-6b7e-4b7b-9f6e-3a1d9c2f4e5b)',
  ],
  [
    'read tcp 10.0.0.7:43210->10.0.0.1:443: i/o timeout',
    'read tcp 10.0.0.7:51234->10.0.0.1:443: i/o timeout',
  ],
  ['Back-off pulling image "x": ErrImagePull: x: not found', 'x: not found'],
])('%s only repeats itself', (first, second) => {
  expect(normalWords(first)).toBe(normalWords(second));
});

test.each([
  ['0/3 nodes are available: 3 Insufficient cpu.', '0/4 nodes are available: 4 Insufficient cpu.'],
  ['secret "a" not found', 'secret "b" not found'],
  ['x@sha256:0123456789abcdef0123: not found', 'x@sha256:fedcba9876543210fedc: not found'],
])('%s and %s are two things', (first, second) => {
  expect(normalWords(first)).not.toBe(normalWords(second));
});
