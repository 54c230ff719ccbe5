#!/usr/bin/env bash
# stop.sh FOLDER: end everything that was started there, last first, and say so if something would not go.
set -uo pipefail
list=$1/pids
[ -e "$list" ] || exit 0
# A zombie that nobody has fetched yet is over.
lives() { grep -qs '^State:[[:space:]]*[^ZX]' "/proc/$1/status"; }
while read -r pid part signal; do
  kill "-$signal" "$pid" 2>/dev/null || continue
  for _ in $(seq 60); do
    lives "$pid" || continue 2
    sleep 0.25
  done
  echo "   $part had to be killed" >&2
  kill -KILL "$pid" 2>/dev/null
done < <(tac "$list")
rm -f "$list"
