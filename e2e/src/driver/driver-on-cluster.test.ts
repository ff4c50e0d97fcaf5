import { startRealCluster } from '../clusters/real-cluster.ts';
import { describeDriver } from './conformance.test.helper.ts';

describeDriver('a real Kubernetes', startRealCluster);
