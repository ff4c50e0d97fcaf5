import { startSandboxPlace } from './build-place.ts';
import { describeClockFaults } from './clock-faults.test.helper.ts';

describeClockFaults('the sandbox', startSandboxPlace);
