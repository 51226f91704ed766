#!/usr/bin/env bash
# compare.sh [ROUNDS]: starts `kubarium up` on a fresh folder, puts it and another API server under the same load in turns, ROUNDS
# times (default 3), and prints a line for each run. Needs Go. The other server is named by RIVAL_SERVER (https://127.0.0.1:PORT),
# RIVAL_TOKEN and RIVAL_PIDS (whose memory and processor time count); without them Kubarium runs alone.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
work=$(mktemp -d)
port=${PORT:-7519}
trap 'kill -INT "${server:-}" 2>/dev/null; wait 2>/dev/null; rm -rf "$work"' EXIT
(cd "$here/load" && go build -o "$work/load" .)

run() { # NAME SERVER TOKEN PIDS
  "$work/load" -server "$2" -token "$3" -pids "$4" >"$work/figures.json"
  "$root/node_modules/.bin/node" "$here/figures.ts" "$1" "$work/figures.json"
}

for _ in $(seq "${1:-3}"); do
  "$root/kubarium" up --data-dir "$work/data" --port "$port" --dns-port 0 >"$work/up.log" &
  server=$!
  until curl -skf "https://127.0.0.1:$port/readyz" >/dev/null; do sleep 0.05; done
  sleep 1
  run kubarium "https://127.0.0.1:$port" "$("$root/kubarium" token --data-dir "$work/data")" "$server"
  kill -INT "$server" && wait "$server" || true
  rm -rf "$work/data"
  if [ -n "${RIVAL_SERVER:-}" ]; then run rival "$RIVAL_SERVER" "${RIVAL_TOKEN:-}" "${RIVAL_PIDS:-}"; fi
done
