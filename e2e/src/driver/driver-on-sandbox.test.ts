import { startSandboxCluster } from '../clusters/sandbox-cluster.ts';
import { describeDriver } from './conformance.test.helper.ts';

describeDriver('the sandbox', startSandboxCluster);
