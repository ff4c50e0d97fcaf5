import { startSandboxCluster } from '../clusters/sandbox-cluster.ts';
import { describeHostileObjects } from './hostile-objects.test.helper.ts';

describeHostileObjects('the sandbox', startSandboxCluster);
