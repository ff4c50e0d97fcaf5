import { startRealCluster } from '../clusters/real-cluster.ts';
import { startSandboxCluster } from '../clusters/sandbox-cluster.ts';
import { testLogCuts } from './log-cuts.test.helper.ts';

// The sandbox's turn is here, too: it takes as long.
testLogCuts('the sandbox', startSandboxCluster);
testLogCuts('a real Kubernetes', startRealCluster);
