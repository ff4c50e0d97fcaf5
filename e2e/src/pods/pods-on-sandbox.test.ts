import { kubernetesApi } from '../../cluster/api.ts';
import { startBuildSandbox } from '../builds/build-sandbox.ts';
import { describePods } from './pod-suite.test.helper.ts';

describePods('the sandbox', async () => {
  const sandbox = await startBuildSandbox();
  const { kubeconfig, namespace, registry, registryCredentials, baseImage = '' } = sandbox.description;
  const api = kubernetesApi(kubeconfig);
  return {
    kubeconfig,
    namespace,
    api,
    registry,
    registryCredentials,
    baseImage,
    [Symbol.asyncDispose]: async () => {
      api.close();
      await sandbox[Symbol.asyncDispose]();
    },
  };
});
