import { startRealPlace } from '../clusters/build-place.ts';
import { describeInterrupts } from './interrupts.test.helper.ts';

describeInterrupts('a real Kubernetes', startRealPlace);
