import { describe } from 'vitest';
import { testBuildFaults, testFailingBuilds } from './build-faults.test.helper.ts';
import { openLanesAround } from './build-lanes.test.helper.ts';
import { buildCases, failingCases, inOneBuild } from './request-phases.ts';
import { startRealPlace } from '../clusters/build-place.ts';
import { testBuildTrouble } from './build-trouble.test.helper.ts';

describe.concurrent('whole builds on a real Kubernetes', () => {
  const lanes = openLanesAround(startRealPlace);
  testBuildFaults(lanes, buildCases);
  testFailingBuilds(lanes, inOneBuild(failingCases));
  testBuildTrouble(lanes);
});
