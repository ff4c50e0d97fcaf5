import { startSandboxPlace } from '../clusters/build-place.ts';
import { describeKilledClient } from './killed-client.test.helper.ts';

describeKilledClient('the sandbox', startSandboxPlace);
