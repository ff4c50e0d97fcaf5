import { startSandboxPlace } from '../clusters/build-place.ts';
import { describeClockFaults } from './clock-faults.test.helper.ts';

describeClockFaults('the sandbox', startSandboxPlace);
