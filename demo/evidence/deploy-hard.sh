#!/bin/sh
# One instance after the other: out of the balancer, drained, replaced, ready, back in.
set -eu
VERSION=$1
for host in app-1 app-2 app-3; do
  ssh "$host" "systemctl stop shop --signal=SIGKILL && docker pull shop:$VERSION && systemctl set-environment VERSION=$VERSION && systemctl start shop"
done
