import { startSandboxPlace } from '../clusters/build-place.ts';
import { describeComeBack } from './come-back.test.helper.ts';

describeComeBack('the sandbox', startSandboxPlace);
