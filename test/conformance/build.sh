#!/usr/bin/env bash
# Builds upstream Kubernetes' e2e.test and kubectl from their Go modules, once per machine (minutes). Needs Go 1.25 or newer.
# Result: $CONFORMANCE_HOME/bin (default ~/.cache/kubarium-conformance/bin).
set -euo pipefail
HOME_DIR=${CONFORMANCE_HOME:-$HOME/.cache/kubarium-conformance}
VERSION=1.35.4
BIN=$HOME_DIR/bin
mkdir -p "$BIN" "$HOME_DIR/src"
export GOFLAGS=-mod=mod
cd "$HOME_DIR/src"
if [ ! -f go.mod ]; then
  printf 'module conformance\n\ngo 1.25.0\n\nrequire k8s.io/kubernetes v%s\n' "$VERSION" > go.mod
  modfile=$(go mod download -json "k8s.io/kubernetes@v$VERSION" | sed -n 's/.*"GoMod": "\(.*\)".*/\1/p')
  # Kubernetes pins its own libraries by path; as modules they carry the same version with major 0.
  { printf 'module conformance\n\ngo 1.25.0\n\nrequire k8s.io/kubernetes v%s\n\nreplace (\n' "$VERSION"
    awk -v v="v0.${VERSION#1.}" '/=> \.\/staging/ {print "\t" $1 " => " $1 " " v}' "$modfile"; echo ')'; } > go.mod.new
  mv go.mod.new go.mod
fi
package=k8s.io/component-base/version
flags="-X $package.gitVersion=v$VERSION -X $package.gitMajor=1 -X $package.gitMinor=35 -X $package.gitTreeState=clean"
[ -x "$BIN/kubectl" ] || go build -ldflags "$flags" -o "$BIN/" k8s.io/kubernetes/cmd/kubectl
[ -x "$BIN/e2e.test" ] || go test -c -ldflags "$flags" -o "$BIN/e2e.test" k8s.io/kubernetes/test/e2e
ls -la "$BIN"
