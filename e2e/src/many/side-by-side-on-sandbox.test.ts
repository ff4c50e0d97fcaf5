import { startSandboxPlace } from '../clusters/build-place.ts';
import { describeSideBySide } from './side-by-side.test.helper.ts';

describeSideBySide('the sandbox', startSandboxPlace);
