#!/usr/bin/env bash
# start.sh FOLDER: start every real part at once; fails if one of them does not come up.
set -euo pipefail
here=$(dirname "$0") parts=(postgres redis oidc radosgw) jobs=() failed=0
for part in "${parts[@]}"; do
  "$here/$part.sh" "$1" &
  jobs+=($!)
done
for index in "${!parts[@]}"; do
  if wait "${jobs[$index]}"; then
    echo "   ${parts[$index]} answers"
  else
    echo "-- ${parts[$index]} did not start" >&2
    failed=1
  fi
done
exit $failed
