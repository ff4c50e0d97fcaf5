import { startRealCluster } from '../clusters/real-cluster.ts';
import { describeFaultMatrix } from './fault-matrix.test.helper.ts';
import { describeStdinFaults } from './stdin-faults.test.helper.ts';

describeFaultMatrix('a real Kubernetes', startRealCluster);
describeStdinFaults('a real Kubernetes', startRealCluster);
