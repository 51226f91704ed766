#!/usr/bin/env bash
# rollout.sh KUBECONFIG REPLICAS: applies a Service "backend" and a Deployment of REPLICAS pods, and times until all are ready,
# until all their addresses stand in EndpointSlices, and, scaled to 0, until no pod is left. Any cluster will do.
set -euo pipefail
export KUBECONFIG=$1
replicas=$2
kubectl=${KUBECTL:-kubectl}
now() { date +%s%N; }
milliseconds() { echo $((($2 - $1) / 1000000)); }

began=$(now)
$kubectl apply -f - >/dev/null <<YAML
apiVersion: v1
kind: Service
metadata: {name: backend}
spec: {selector: {app: backend}, ports: [{port: 80, targetPort: 80}]}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: backend}
spec:
  replicas: $replicas
  selector: {matchLabels: {app: backend}}
  template:
    metadata: {labels: {app: backend}}
    spec: {containers: [{name: backend, image: "my-backend-app:1.0", ports: [{containerPort: 80}]}]}
YAML
while [ "$($kubectl get deployment backend -o jsonpath='{.status.readyReplicas}')" != "$replicas" ]; do sleep 0.1; done
ready=$(now)
in_slices() {
  $kubectl get endpointslices -l kubernetes.io/service-name=backend \
    -o jsonpath='{range .items[*].endpoints[*]}{.conditions.ready}{"\n"}{end}' | grep -c true || true
}
while [ "$(in_slices)" != "$replicas" ]; do sleep 0.1; done
listed=$(now)
$kubectl scale deployment backend --replicas=0 >/dev/null
while [ "$($kubectl get --raw "/api/v1/namespaces/default/pods?labelSelector=app%3Dbackend&limit=1" | grep -c podIP)" != 0 ]; do sleep 0.1; done
gone=$(now)
echo "replicas=$replicas ready=$(milliseconds "$began" "$ready")ms endpoints=$(milliseconds "$began" "$listed")ms scale_to_zero=$(milliseconds "$listed" "$gone")ms pods_per_s=$((replicas * 1000000000 / (ready - began)))"
