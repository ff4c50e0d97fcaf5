import { startRealCluster } from '../clusters/real-cluster.ts';
import { describeDriver } from './conformance.ts';

describeDriver('a real Kubernetes', startRealCluster);
