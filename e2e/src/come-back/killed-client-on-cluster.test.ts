import { startRealPlace } from '../clusters/build-place.ts';
import { describeKilledClient } from './killed-client.test.helper.ts';

describeKilledClient('a real Kubernetes', startRealPlace);
