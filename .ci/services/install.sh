#!/usr/bin/env bash
# install.sh: the real parts from Debian's own packages, and the OpenID provider by npm. Needs root.
set -euo pipefail
cd "$(dirname "$0")/../oidc"
if [ "$(id -u)" != 0 ]; then
  echo "The real parts are installed with apt-get: run .ci/run as root." >&2
  exit 1
fi
export DEBIAN_FRONTEND=noninteractive
wanted=(postgresql redis-server radosgw ceph-mon ceph-osd ceph-common chromium curl)
wanted+=(libpangoft2-1.0-0 libharfbuzz-subset0) # what certificates are drawn with as PDF
wanted+=(haproxy) # the balancer of the rehearsal
wanted+=(prometheus) # for promtool, which loads and tries our alert rules
command -v npm >/dev/null || wanted+=(nodejs npm)
apt-get update -q >/dev/null
# Debian starts what it installs; here nothing may listen that .ci/services does not stop again.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
  printf '#!/bin/sh\nexit 101\n' >"$policy"
  chmod +x "$policy"
  trap 'rm -f "$policy"' EXIT
fi
apt-get install -y -q --no-install-recommends "${wanted[@]}" >/dev/null
npm ci --ignore-scripts --omit=dev --no-audit --no-fund --loglevel=error
