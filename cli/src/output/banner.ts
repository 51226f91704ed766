import { relative } from 'node:path';
import { styleText } from 'node:util';
import type { RunningCluster } from '@kubarium/cluster';

/** What `kubarium up` prints once the API server answers. The last line is `ready`. */
export function banner(cluster: RunningCluster): string {
  const bold = (text: string): string => styleText('bold', text);
  const path = relative(process.cwd(), cluster.kubeconfigPath);
  const kubeconfig = path.startsWith('..') ? cluster.kubeconfigPath : `$PWD/${path}`;
  return [
    '',
    `${bold('Kubarium')} serves Kubernetes ${cluster.kubernetesVersion} at ${cluster.url}, with ${cluster.nodes} simulated node${cluster.nodes === 1 ? '' : 's'}`,
    ...cluster.notices,
    '',
    `  export KUBECONFIG=${kubeconfig}`,
    '',
    '  kubectl get nodes,pods -A',
    '  kubectl create deployment backend --image=my-backend-app --port=80 --replicas=3 && kubectl expose deployment backend',
    '  kubectl run frontend --image=curl --command -- sleep 1d && kubectl wait --for=condition=Ready pod/frontend && kubectl exec frontend -- curl -s http://backend',
    '',
    'ready',
    '',
  ].join('\n');
}
