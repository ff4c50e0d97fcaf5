import { startRealPlace } from '../faults/build-place.ts';
import { describeSideBySide } from './side-by-side.test.helper.ts';

describeSideBySide('a real Kubernetes', startRealPlace);
