import { expect, it } from 'vitest';
import { baseImages } from './base-images.ts';
import { parseDockerfileOutline } from './parse-outline.ts';

it('names the images of needed stages once, and no stage, number or scratch', () => {
  const text = `
ARG TAG=3
FROM golang:$TAG AS build
RUN --mount=type=bind,from=tools.example.com/lint:1,target=/t --mount=type=cache,target=/c make
FROM unused.example.com/x AS unused
FROM build AS test
FROM scratch
COPY --from=BUILD /a /a
COPY --from=0 /b /b
COPY --chmod=755 --from=busybox:1 /bin/sh /bin/sh
COPY --from=busybox:1 /bin/ls /bin/ls
COPY --from=later /x /x
COPY local /x
`;
  expect(baseImages(parseDockerfileOutline(text))).toEqual([
    'golang:3',
    'tools.example.com/lint:1',
    'busybox:1',
    'later',
  ]);
});

it('includes unused stages for an executor that builds them', () => {
  const outline = parseDockerfileOutline('FROM a.example.com/x AS unused\nFROM b.example.com/y', {
    executor: { distribution: 'google', version: '1.24.0' },
  });
  expect(baseImages(outline)).toEqual(['a.example.com/x', 'b.example.com/y']);
});
