import { startRealPlace } from '../clusters/build-place.ts';
import { describeClockFaults } from './clock-faults.test.helper.ts';

describeClockFaults('a real Kubernetes', startRealPlace);
