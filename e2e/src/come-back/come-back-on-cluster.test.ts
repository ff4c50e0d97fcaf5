import { startRealPlace } from '../faults/build-place.ts';
import { describeComeBack } from './come-back.test.helper.ts';

describeComeBack('a real Kubernetes', startRealPlace);
