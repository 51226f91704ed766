#!/usr/bin/env python3
"""Records facts/patches.json: what a real API server makes of patches, as (object, type, patch, result or refusal).

Usage: record-patches.py https://127.0.0.1:PORT TOKEN > ../facts/patches.json
Needs an API server of the recorded version; everything but the creation of four objects is a dry run.
"""
import json, re, ssl, sys, urllib.error, urllib.request

BASE, TOKEN = sys.argv[1:3]
CONTEXT = ssl._create_unverified_context()
JSON, MERGE, STRATEGIC = (f"application/{kind}-patch+json" for kind in ("json", "merge", "strategic-merge"))


def call(method, path, body=None, content_type="application/json"):
    data = None if body is None else (body if isinstance(body, str) else json.dumps(body)).encode()
    headers = {"Authorization": f"Bearer {TOKEN}", "Content-Type": content_type}
    request = urllib.request.Request(BASE + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, context=CONTEXT) as reply:
            return json.load(reply)
    except urllib.error.HTTPError as error:
        return json.load(error)


def slim(value):
    """Without what no patch brings about."""
    for name in ("managedFields", "uid", "resourceVersion", "creationTimestamp", "generation"):
        value["metadata"].pop(name, None)
    return value


CONTAINER = {"image": "i", "imagePullPolicy": "Always", "resources": {}, "terminationMessagePath": "/dev/termination-log",
             "terminationMessagePolicy": "File"}
OBJECTS = {
    "ConfigMap": ("/api/v1/namespaces/default/configmaps", {
        "metadata": {"name": "patched", "labels": {"a": "b"}, "annotations": {"x": "1", "y": "2"}, "finalizers": ["x/a", "x/b", "x/c"]},
        "data": {"a": "1", "b": "2"}}),
    "Service": ("/api/v1/namespaces/default/services", {
        "metadata": {"name": "patched"}, "spec": {"clusterIP": "None", "selector": {"app": "a", "tier": "b"}, "ports": [
            {"name": "a", "port": 80, "protocol": "TCP", "targetPort": 80}, {"name": "b", "port": 81, "protocol": "TCP", "targetPort": "http"}]}}),
    "Deployment": ("/apis/apps/v1/namespaces/default/deployments", {
        "metadata": {"name": "patched"}, "spec": {"replicas": 2, "selector": {"matchLabels": {"a": "b"}}, "template": {
            "metadata": {"labels": {"a": "b"}}, "spec": {
                "containers": [
                    {**CONTAINER, "name": "x", "args": ["a", "b"], "ports": [{"containerPort": 80, "protocol": "TCP"}],
                     "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]},
                    {**CONTAINER, "name": "y"}],
                "tolerations": [{"key": "k", "operator": "Exists"}],
                "volumes": [{"name": "v", "emptyDir": {}}, {"name": "w", "emptyDir": {"medium": "Memory"}}]}}}}),
    "ServiceAccount": ("/api/v1/namespaces/default/serviceaccounts", {
        "metadata": {"name": "patched"}, "secrets": [{"name": "s"}, {"name": "t"}], "imagePullSecrets": [{"name": "p"}]}),
}
pod = lambda spec: {"spec": {"template": {"spec": spec}}}
op = lambda op, path, **more: {"op": op, "path": path, **more}

CASES = [
    # JSON patches
    *[("ConfigMap", JSON, [operation]) for operation in [
        op("test", "/data/a", value="1"), op("test", "/data/a", value="2"), op("test", "/data/zz", value="2"), op("test", "/data/zz", value=None),
        op("test", "/metadata/labels", value={"a": "b"}), op("remove", "/data/a"), op("remove", "/data/zz"), op("remove", "/foo/zz"),
        op("replace", "/data/a", value="9"), op("replace", "/data/zz", value="1"), op("replace", "/foo/zz", value="1"),
        op("add", "/foo/zz", value="1"), op("add", "/metadata/annotations/example.com~1y", value="1"), op("add", "/data", value={"only": "1"}),
        op("add", "/metadata/finalizers/0", value="x/z"), op("add", "/metadata/finalizers/3", value="x/z"),
        op("add", "/metadata/finalizers/4", value="x/z"), op("add", "/metadata/finalizers/-", value="x/z"),
        op("add", "/metadata/finalizers/-1", value="x/z"), op("replace", "/metadata/finalizers/1", value="x/z"),
        op("replace", "/metadata/finalizers/9", value="x/z"), op("remove", "/metadata/finalizers/1"), op("remove", "/metadata/finalizers/-1"),
        op("remove", "/metadata/finalizers/9"), op("remove", "/metadata/finalizers/-"), op("remove", "/metadata/finalizers/x"),
        op("move", "/data/z", **{"from": "/data/a"}), op("move", "/data/z", **{"from": "/data/q"}),
        op("copy", "/data/z", **{"from": "/data/a"}), op("copy", "/data/z", **{"from": "/data/q"}), op("foo", "/data/z"),
        op("add", "/data/z"), op("add", "data/z", value="1"), op("add", "/data/z", value=5), op("add", "/foo", value=5),
        {"path": "/data/z"}, {"op": "add", "value": "x"}, op("remove", "")]],
    ("ConfigMap", JSON, []),
    ("ConfigMap", JSON, [op("add", "/data/a", value="7"), op("test", "/data/a", value="7"), op("remove", "/data/b")]),
    ("Deployment", JSON, [op("replace", "/spec/template/spec/containers/0/image", value="new"), op("replace", "/spec/replicas", value=5)]),
    ("Deployment", JSON, [op("replace", "/spec/replicas", value="five")]),
    # merge patches, as kubectl label, annotate, scale and patch --type=merge send them
    *[("ConfigMap", MERGE, patch) for patch in [
        {}, None, {"metadata": {"labels": {"new": "1"}}}, {"metadata": {"labels": {"a": None}}}, {"metadata": {"annotations": None}},
        {"data": {"a": None, "c": "x"}}, {"data": None}, {"data": "x"}, {"data": {"c": 5}}, {"foo": {"c": 5}}, {"kind": "Pod"},
        {"apiVersion": "v2"}, {"apiVersion": []}, {"kind": 5}, {"apiVersion": "a/b/c"}, {"metadata": {"finalizers": ["x/only"]}}]],
    ("Service", MERGE, {"spec": {"ports": [{"name": "c", "port": 82, "protocol": "TCP", "targetPort": 82}]}}),
    ("Deployment", MERGE, {"spec": {"replicas": 3}}),
    # strategic merge patches
    *[("ConfigMap", STRATEGIC, patch) for patch in [
        {}, None, {"data": {"a": None, "c": "x"}}, {"data": "x"}, {"data": ["x"]}, {"data": {"c": 5}}, {"foo": {"c": 5}}, {"kind": "Pod"},
        {"metadata": {"finalizers": ["x/z"]}}, {"metadata": {"finalizers": ["x/c", "x/a"]}}, {"metadata": {"finalizers": ["x/z", "x/b"]}},
        {"metadata": {"$deleteFromPrimitiveList/finalizers": ["x/a"]}}, {"metadata": {"$deleteFromPrimitiveList/finalizers": ["x/a", "x/q"], "finalizers": ["x/z"]}},
        {"metadata": {"$setElementOrder/finalizers": ["x/b", "x/a"], "finalizers": ["x/z"]}},
        {"metadata": {"$setElementOrder/finalizers": ["x/b", "x/z", "x/a"], "finalizers": ["x/z"]}},
        {"metadata": {"$setElementOrder/finalizers": ["x/c", "x/a"]}}, {"metadata": {"finalizers": "x"}}, {"metadata": {"finalizers": [5]}},
        {"metadata": {"finalizers": [{"a": 1}]}}, {"data": {"$patch": "replace", "z": "1"}}, {"data": {"$patch": "delete"}},
        {"data": {"$patch": "merge", "z": "1"}}, {"data": {"$patch": "foo", "z": "1"}}, {"data": {"$retainKeys": ["a"]}},
        {"data": {"$retainKeys": ["a"], "c": "x"}}, {"data": {"$retainKeys": ["c"], "c": "x"}}, {"data": {"$retainKeys": 5, "c": "x"}},
        {"metadata": {"annotations": {"$patch": "delete"}}}, {"binaryData": {"a": "!!"}}, {"binaryData": {"a": 5}}]],
    *[("Deployment", STRATEGIC, pod(spec)) for spec in [
        {"containers": [{"name": "x", "image": "new"}]}, {"containers": [{"image": "new"}]},
        {"containers": [{**CONTAINER, "name": "z"}]}, {"containers": [{"name": "x", "$patch": "delete"}]}, {"containers": [{"$patch": "delete"}]},
        {"containers": [{"$patch": "replace"}, {**CONTAINER, "name": "z"}]}, {"containers": [{"name": "x", "$patch": "foo"}]},
        {"containers": [{"name": "x", "$patch": "merge", "image": "k"}]}, {"containers": ["x"]}, {"containers": "x"}, {"containers": {"a": 1}},
        {"containers": []}, {"$setElementOrder/containers": [{"name": "y"}, {"name": "x"}]},
        {"$setElementOrder/containers": [{"name": "y"}, {"name": "x"}], "containers": [{**CONTAINER, "name": "z"}]},
        {"$setElementOrder/containers": [{"name": "y"}, {"name": "z"}, {"name": "x"}], "containers": [{**CONTAINER, "name": "z"}]},
        {"$setElementOrder/containers": [{"name": "y"}, {"name": "z"}], "containers": [{**CONTAINER, "name": "z"}]},
        {"$setElementOrder/containers": [{"name": "z"}, {"name": "y"}], "containers": [{**CONTAINER, "name": "z"}, {"name": "y", "image": "j2"}]},
        {"$setElementOrder/containers": "x"}, {"$setElementOrder/containers": [{"foo": "y"}]},
        {"containers": [{"name": "x", "args": ["c"]}]}, {"containers": [{"name": "x", "args": None}]},
        {"containers": [{"name": "x", "env": [{"name": "B", "$patch": "delete"}, {"name": "C", "value": "3"}]}]},
        {"containers": [{"name": "x", "env": [{"name": "B", "value": "7"}]}]},
        {"containers": [{"name": "x", "ports": [{"containerPort": 81, "protocol": "TCP"}]}]},
        {"containers": [{"name": "x", "ports": [{"containerPort": 80, "name": "q"}]}]}, {"containers": [{"name": "x", "ports": None, "env": None}]},
        {"containers": [{"name": "x", "resources": {"limits": {"cpu": "zz"}}}]}, {"containers": [{"name": "x", "ports": [{"containerPort": "80"}]}]},
        {"hostNetwork": "80"}, {"nodeName": 5}, {"terminationGracePeriodSeconds": 5.5}, {"terminationGracePeriodSeconds": 5},
        {"volumes": [{"name": "v", "emptyDir": None, "hostPath": {"path": "/q", "type": ""}}]},
        {"volumes": [{"name": "v", "$retainKeys": ["name", "hostPath"], "hostPath": {"path": "/q", "type": ""}}]},
        {"volumes": [{"name": "n", "$retainKeys": ["name"], "hostPath": {"path": "/q", "type": ""}}]},
        {"volumes": [{"name": "w", "$patch": "delete"}]}, {"tolerations": [{"key": "other", "operator": "Exists"}]}]],
    *[("Deployment", STRATEGIC, patch) for patch in [
        {"spec": {"replicas": 4}}, {"spec": {"replicas": "x"}}, {"spec": "x"}, {"spec": {"strategy": {"$retainKeys": ["type"], "type": "Recreate"}}},
        {"$patch": "nonsense"}, {"$patch": 5}, {"spec": {"template": {"metadata": {"labels": {"c": "d"}, "annotations": {"kubectl.kubernetes.io/restartedAt": "2026-01-01T00:00:00Z"}}}}}]],
    *[("Service", STRATEGIC, patch) for patch in [
        {"spec": {"ports": [{"port": 80, "targetPort": 8080}]}}, {"spec": {"selector": {"app": "new"}}}, {"spec": {"selector": {"$patch": "replace", "app": "new"}}},
        {"spec": {"$setElementOrder/ports": [{"port": 81}], "ports": [{"port": 80, "$patch": "delete"}]}},
        {"spec": {"$setElementOrder/ports": [{"port": 82}, {"port": 80}, {"port": 81}],
                  "ports": [{"name": "c", "port": 82, "protocol": "TCP", "targetPort": 82}]}}]],
    *[("ServiceAccount", STRATEGIC, patch) for patch in [
        {"secrets": [{"name": "u"}]}, {"secrets": [{"name": "s", "$patch": "delete"}]}, {"imagePullSecrets": [{"name": "q"}]},
        {"automountServiceAccountToken": False}, {"automountServiceAccountToken": 1}]],
]


def main():
    current = {}
    for kind, (path, body) in OBJECTS.items():
        call("POST", path, body)
        current[kind] = slim(call("GET", f"{path}/patched"))
    recorded = []
    for kind, content_type, patch in CASES:
        answer = call("PATCH", f"{OBJECTS[kind][0]}/patched?dryRun=All&fieldValidation=Ignore", json.dumps(patch), content_type)
        case = {"kind": kind, "type": content_type, "patch": patch}
        if answer["kind"] == "Status":
            # The object that a refusal quotes has a uid and times of its own.
            message = re.sub(r'Invalid value: "\{.*\}": ', 'Invalid value: OBJECT: ', answer["message"])
            recorded.append({**case, "code": answer["code"], "message": message})
        else:
            recorded.append({**case, "result": slim(answer)})
    lines = ",\n".join(json.dumps(case, sort_keys=True) for case in recorded)
    objects = ",\n".join(f"{json.dumps(kind)}: {json.dumps(value, sort_keys=True)}" for kind, value in current.items())
    print(f'{{"objects": {{\n{objects}\n}},\n"cases": [\n{lines}\n]}}')


main()
