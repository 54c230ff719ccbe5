#!/bin/sh
# One instance after the other; two of three carry the load meanwhile.
# On SIGTERM the process answers 503 at /readyz and works on for 2.5 s; the balancer notices within 1 s. See drain.diff.
set -eu
VERSION=$1
for host in app-1 app-2 app-3; do
  ssh "$host" "docker pull shop:$VERSION"
  ssh "$host" "docker stop --time 30 shop"
  ssh "$host" "docker run --detach --rm --name shop --publish 8000:8000 shop:$VERSION"
  curl --fail --silent --retry 30 --retry-connrefused --retry-delay 1 "http://$host:8000/readyz" \
    || { echo "$host is not ready with $VERSION: stopped here, the others keep theirs"; exit 1; }
  sleep 2 # two good checks, and the balancer gives it requests again
done
