#!/usr/bin/env python3
"""Records protobuf-samples.json: objects as a real API server writes them, in JSON and in protobuf (base64).

Usage: record-protobuf.py https://127.0.0.1:PORT TOKEN > ../facts/protobuf-samples.json
Needs an API server of the recorded version; creates an object of each kind, and leaves it.
"""
import base64, json, ssl, sys, urllib.error, urllib.request

BASE, TOKEN = sys.argv[1:3]
CONTEXT = ssl._create_unverified_context()


def call(method, path, body=None, accept="application/json"):
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json", "Accept": accept}
    request = urllib.request.Request(BASE + path, None if body is None else json.dumps(body).encode(), headers, method=method)
    try:
        with urllib.request.urlopen(request, context=CONTEXT) as reply:
            return reply.read()
    except urllib.error.HTTPError as error:
        if error.code != 409:
            raise RuntimeError(error.read())
        return b""


META = {"name": "sample", "labels": {"a": "b"}, "annotations": {"note": "grüße ✓"}}
CONTAINER = {
    "name": "c", "image": "i", "args": ["a", ""], "env": [
        {"name": "A", "value": "1"}, {"name": "B", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k", "optional": True}}},
        {"name": "C", "valueFrom": {"resourceFieldRef": {"resource": "limits.cpu", "divisor": "1m"}}}],
    "ports": [{"containerPort": 80, "name": "http"}], "resources": {"limits": {"cpu": "1.5", "memory": "1Gi"}, "requests": {"cpu": "100m"}},
    "livenessProbe": {"httpGet": {"path": "/", "port": "http"}, "initialDelaySeconds": 3}, "readinessProbe": {"tcpSocket": {"port": 80}},
    "lifecycle": {"preStop": {"exec": {"command": ["true"]}}}, "securityContext": {"runAsUser": 0, "privileged": False},
    "volumeMounts": [{"name": "v", "mountPath": "/v", "readOnly": True}]}
POD = {
    "containers": [CONTAINER], "initContainers": [{"name": "init", "image": "i", "restartPolicy": "Always"}], "nodeSelector": {"x": "y"},
    "volumes": [{"name": "v", "emptyDir": {"sizeLimit": "1Gi"}}, {"name": "w", "configMap": {"name": "m", "items": [{"key": "k", "path": "p", "mode": 256}]}},
                {"name": "p", "projected": {"sources": [{"secret": {"name": "s", "optional": False}}, {"downwardAPI": {"items": [{"path": "l", "fieldRef": {"fieldPath": "metadata.labels"}}]}}]}}],
    "affinity": {"nodeAffinity": {"requiredDuringSchedulingIgnoredDuringExecution": {"nodeSelectorTerms": [{"matchExpressions": [{"key": "k", "operator": "In", "values": ["v"]}]}]}}},
    "tolerations": [{"key": "k", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 0}], "terminationGracePeriodSeconds": 0,
    "automountServiceAccountToken": False, "enableServiceLinks": False, "hostAliases": [{"ip": "1.2.3.4", "hostnames": ["h"]}]}
N = "/api/v1/namespaces/default"
SAMPLES = [
    ("/api/v1/namespaces", {}), (f"{N}/configmaps", {"data": {"a": "1", "b": ""}, "binaryData": {"x": "AAEC/w=="}, "immutable": False}),
    (f"{N}/secrets", {"data": {"a": "aGk=", "e": ""}, "type": "Opaque"}), (f"{N}/serviceaccounts", {"automountServiceAccountToken": False}),
    (f"{N}/pods", {"spec": POD}),
    (f"{N}/services", {"spec": {"selector": {"a": "b"}, "sessionAffinity": "ClientIP", "ports": [{"name": "a", "port": 80, "targetPort": "http"}, {"name": "b", "port": 81, "protocol": "UDP"}]}}),
    (f"{N}/endpoints", {"subsets": [{"addresses": [{"ip": "10.1.2.3", "targetRef": {"kind": "Pod", "name": "p"}}], "ports": [{"port": 80}]}]}),
    ("/api/v1/nodes", {"spec": {"podCIDR": "10.244.0.0/24", "taints": [{"key": "k", "effect": "NoSchedule"}]}, "status": {"capacity": {"cpu": "4", "memory": "8Gi"}}}),
    (f"{N}/events", {"involvedObject": {"kind": "Pod", "name": "p", "namespace": "default"}, "reason": "R", "message": "m", "type": "Normal", "eventTime": "2026-01-02T03:04:05.678901Z", "action": "a", "reportingComponent": "r", "reportingInstance": "i"}),
    ("/apis/apps/v1/namespaces/default/deployments", {"spec": {"replicas": 0, "selector": {"matchLabels": {"a": "b"}}, "strategy": {"rollingUpdate": {"maxSurge": "25%", "maxUnavailable": 1}}, "template": {"metadata": {"labels": {"a": "b"}}, "spec": POD | {"initContainers": []}}}}),
    ("/apis/apps/v1/namespaces/default/replicasets", {"spec": {"selector": {"matchExpressions": [{"key": "a", "operator": "In", "values": ["b"]}]}, "template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [{"name": "c", "image": "i"}]}}}}),
    ("/apis/discovery.k8s.io/v1/namespaces/default/endpointslices", {"addressType": "IPv4", "endpoints": [{"addresses": ["10.1.2.3"], "conditions": {"ready": False}}], "ports": [{"name": "", "port": 80}]}),
    ("/apis/coordination.k8s.io/v1/namespaces/default/leases", {"spec": {"holderIdentity": "h", "leaseDurationSeconds": 40, "renewTime": "2026-01-02T03:04:05.000001Z"}}),
]

lines = []
for path, body in SAMPLES:
    call("POST", path, {"metadata": META, **body})
    protobuf = call("GET", f"{path}/sample", accept="application/vnd.kubernetes.protobuf")
    lines.append(json.dumps({"json": json.loads(call("GET", f"{path}/sample")), "protobuf": base64.b64encode(protobuf).decode()}))
print("[\n" + ",\n".join(lines) + "\n]")
