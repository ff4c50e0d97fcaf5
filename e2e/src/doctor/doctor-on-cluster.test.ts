import { startRealCluster } from '../clusters/real-cluster.ts';
import { describeDoctor } from './doctor.test.helper.ts';

describeDoctor('a real Kubernetes', startRealCluster);
