#!/bin/sh
# One instance after the other: out of the balancer, drained, replaced, ready, back in.
set -eu
VERSION=$1
for host in app-1 app-2 app-3; do
  ssh "$host" "touch /run/shop/drain"
  sleep 4 # two failed checks of /readyz, every 500 ms, and what is in flight
  ssh "$host" "systemctl stop shop --signal=SIGTERM && docker pull shop:$VERSION && systemctl set-environment VERSION=$VERSION && rm /run/shop/drain && systemctl start shop"
  curl --fail --silent --retry 30 --retry-connrefused --retry-delay 1 "http://$host:8000/readyz"
  ./smoke.sh "http://$host:8000" || { echo "smoke test failed on $host: rolling back"; ./deploy.sh "$(cat /run/shop/previous)"; exit 1; }
done
