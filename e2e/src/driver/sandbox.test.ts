import { startSandboxCluster } from '../clusters/sandbox-cluster.ts';
import { describeDriver } from './conformance.ts';

describeDriver('the sandbox', startSandboxCluster);
