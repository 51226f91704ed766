#!/usr/bin/env bash
# run.sh KUBECONFIG SELECTION [REPORT_DIR]: runs upstream Kubernetes v1.35.4 conformance tests against the cluster of KUBECONFIG.
# SELECTION: all | a class letter (A B C D E) or several (AB) | a source file (network/service.go) | a tag of tests.csv (tag:exec) |
#            a regular expression on the test name (re:Service.*ClusterIP).
# Prints one line a test that did not pass, and last "conformance SELECTION: P passed, F failed of N".
# Needs e2e.test: build it once with build.sh (Go 1.25 or newer), or set E2E=path and KUBECTL=path.
set -euo pipefail
HERE=$(cd "$(dirname "$0")" && pwd)
KUBECONFIG_PATH=$(realpath "$1"); SEL=$2; REPORT=$(mkdir -p "${3:-./conformance-report}" && realpath "${3:-./conformance-report}")
BIN=${CONFORMANCE_HOME:-$HOME/.cache/kubarium-conformance}/bin
E2E=${E2E:-$BIN/e2e.test}; KUBECTL=${KUBECTL:-$BIN/kubectl}
python3 - "$HERE/tests.csv" "$SEL" "${SKIP:-}" > "$REPORT/focus" <<'P'
import csv, re, sys
rows, sel, skip = list(csv.DictReader(open(sys.argv[1]))), sys.argv[2], sys.argv[3]
def take(r):
    if skip and re.search(skip, r['codename']): return False
    if sel == 'all': return True
    if re.fullmatch('[A-E]+', sel): return r['class'] in sel
    if sel.startswith('tag:'): return sel[4:] in r['needs'].rpartition('tags:')[2].split()
    if sel.startswith('re:'): return re.search(sel[3:], r['codename'])
    return r['file'].endswith(sel)
for r in rows:
    if take(r): print(r'--ginkgo.focus=\Q' + r['codename'] + r'\E$')
P
mapfile -t FOCUS < "$REPORT/focus"
[ ${#FOCUS[@]} -gt 0 ] || { echo "no test is selected by '$SEL'" >&2; exit 2; }
rm -f "$REPORT/report.json"
timeout "${LIMIT_S:-7200}" "$E2E" --kubeconfig="$KUBECONFIG_PATH" --provider=skeleton --kube-api-content-type=application/json \
  --kubectl-path="$KUBECTL" --dns-domain=cluster.local --allowed-not-ready-nodes="${NOT_READY:-0}" --minStartupPods=0 --prepull-images=false \
  --node-schedulable-timeout=30s --system-pods-startup-timeout=30s --system-daemonsets-startup-timeout=30s \
  --dump-logs-on-failure=false --disable-log-dump=true --gather-resource-usage=false --gather-metrics-at-teardown=false \
  --ginkgo.timeout="${LIMIT_S:-7200}s" --ginkgo.seed=1 --ginkgo.no-color --ginkgo.v --ginkgo.json-report="$REPORT/report.json" \
  "${FOCUS[@]}" > "$REPORT/e2e.log" 2>&1 || true
python3 - "$REPORT" "$SEL" "${#FOCUS[@]}" <<'P'
import json, os, sys
report, sel, n = sys.argv[1], sys.argv[2], int(sys.argv[3])
path = os.path.join(report, 'report.json')
if not os.path.exists(path):
    print(f'e2e.test left no report; see {report}/e2e.log'); print(f'conformance {sel}: 0 passed, {n} failed of {n}'); sys.exit(1)
passed = 0; failed = []
for suite in json.load(open(path)):
    for s in suite.get('SpecReports') or []:
        if s.get('LeafNodeType') != 'It' or s['State'] in ('skipped', 'pending'): continue
        name = ' '.join((s.get('ContainerHierarchyTexts') or []) + [s['LeafNodeText']])
        if s['State'] == 'passed': passed += 1
        else: failed.append((name, s['State'], ' '.join(((s.get('Failure') or {}).get('Message') or '').split())[:300]))
for name, state, why in sorted(failed): print(f'{state}: {name}\n    {why}')
with open(os.path.join(report, 'passed.txt'), 'w') as f:
    for suite in json.load(open(path)):
        for s in suite.get('SpecReports') or []:
            if s.get('LeafNodeType') == 'It' and s['State'] == 'passed':
                f.write(' '.join((s.get('ContainerHierarchyTexts') or []) + [s['LeafNodeText']]) + '\n')
print(f'conformance {sel}: {passed} passed, {n - passed} failed of {n}')
sys.exit(0 if passed == n else 1)
P
