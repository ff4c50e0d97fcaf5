import { startRealPlace } from '../clusters/build-place.ts';
import { describeComeBack } from './come-back.test.helper.ts';

describeComeBack('a real Kubernetes', startRealPlace);
