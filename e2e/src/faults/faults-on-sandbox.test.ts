import { startSandboxCluster } from '../clusters/sandbox-cluster.ts';
import { describeFaultMatrix } from './fault-matrix.test.helper.ts';
import { describeStdinFaults } from './stdin-faults.test.helper.ts';

describeFaultMatrix('the sandbox', startSandboxCluster);
describeStdinFaults('the sandbox', startSandboxCluster);
