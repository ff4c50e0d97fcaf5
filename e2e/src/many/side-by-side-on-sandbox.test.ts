import { startSandboxPlace } from '../faults/build-place.ts';
import { describeSideBySide } from './side-by-side.test.helper.ts';

describeSideBySide('the sandbox', startSandboxPlace);
