#!/usr/bin/env bash
# postgres.sh FOLDER: Debian's PostgreSQL on a loopback port, every login by password. Durable, as in production.
source "$(dirname "$0")/common.sh"
bin=$(ls -d /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
folder=$state/postgres port=$(free_port) password=$(secret)
mkdir -p "$folder"
printf '%s\n' "$password" >"$folder/password"
chown -R postgres "$folder"
chmod 711 "$state"
cd /
as_postgres=(setpriv --reuid=postgres --regid=postgres --init-groups)
"${as_postgres[@]}" "$bin/initdb" -D "$folder/data" -U postgres --auth=scram-sha-256 --pwfile="$folder/password" \
  --encoding=UTF8 --locale=C.UTF-8 >"$folder/initdb.log"
"${as_postgres[@]}" "$bin/postgres" -D "$folder/data" -h 127.0.0.1 -p "$port" -k "$folder" >"$folder/log" 2>&1 &
started $! postgres INT # fast: ends the sessions first
PGPASSWORD=$password until_answers 30 "$folder/log" \
  psql -h 127.0.0.1 -p "$port" -U postgres -d postgres -c 'SELECT 1'
given TEST_DATABASE_SUPERUSER_URL "postgresql://postgres:$password@127.0.0.1:$port/postgres"
