import { startRealCluster } from '../clusters/real-cluster.ts';
import { describeHostileObjects } from './hostile-objects.test.helper.ts';

describeHostileObjects('a real Kubernetes', startRealCluster);
