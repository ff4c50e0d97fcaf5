import { startSandboxPlace } from '../faults/build-place.ts';
import { describeComeBack } from './come-back.test.helper.ts';

describeComeBack('the sandbox', startSandboxPlace);
