import { startRealPlace } from '../clusters/build-place.ts';
import { describeSideBySide } from './side-by-side.test.helper.ts';

describeSideBySide('a real Kubernetes', startRealPlace);
