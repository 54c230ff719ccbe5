# Sourced by the scripts beside it. $1 of each is a folder for everything it makes: data, logs, `env`, `pids`.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
state=$(cd "$1" && pwd)

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

secret() { python3 -c 'import secrets; print(secrets.token_hex(16))'; }

# started PID WHAT [SIGNAL]: stop.sh ends it with that signal, last started first.
started() { echo "$1 $2 ${3:-TERM}" >>"$state/pids"; }

# given NAME VALUE: what the tests read.
given() { printf 'export %s=%q\n' "$1" "$2" >>"$state/env"; }

# until_answers SECONDS LOG COMMAND...: wait for COMMAND to succeed, else show the log and fail.
until_answers() {
  local deadline=$((SECONDS + $1)) log=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    if [ "$SECONDS" -ge "$deadline" ]; then
      echo "-- does not answer: $*" >&2
      tail -n 40 "$log" >&2 || true
      return 1
    fi
    sleep 0.25
  done
}
