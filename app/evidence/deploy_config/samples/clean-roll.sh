#!/usr/bin/env bash
set -euo pipefail
for host in app-1 app-2 app-3; do
  echo "set server app/$host state drain" | socat stdio /run/haproxy.sock
  sleep 10
  ssh "$host" sudo systemctl restart app
  for _ in $(seq 60); do curl -sf "http://$host:8000/readyz" && break; sleep 1; done
  echo "set server app/$host state ready" | socat stdio /run/haproxy.sock
done
