import { startSandboxPlace } from '../clusters/build-place.ts';
import { describeInterrupts } from './interrupts.test.helper.ts';

describeInterrupts('the sandbox', startSandboxPlace);
