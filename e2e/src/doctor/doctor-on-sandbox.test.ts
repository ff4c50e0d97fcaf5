import { startSandboxCluster } from '../clusters/sandbox-cluster.ts';
import { describeDoctor } from './doctor.test.helper.ts';

describeDoctor('the sandbox', startSandboxCluster);
