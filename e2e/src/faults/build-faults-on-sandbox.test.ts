import { describe } from 'vitest';
import { testBuildFaults, testFailingBuilds } from './build-faults.test.helper.ts';
import { openLanesAround } from './build-lanes.test.helper.ts';
import { buildCases, failingCases, inOneBuild } from './request-phases.ts';
import { startSandboxPlace } from '../clusters/build-place.ts';
import { testBuildTrouble } from './build-trouble.test.helper.ts';

describe.concurrent('whole builds on the sandbox', () => {
  const lanes = openLanesAround(startSandboxPlace);
  testBuildFaults(lanes, inOneBuild(buildCases));
  testFailingBuilds(lanes, inOneBuild(failingCases));
  testBuildTrouble(lanes);
});
