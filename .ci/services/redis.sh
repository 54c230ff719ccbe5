#!/usr/bin/env bash
# redis.sh FOLDER: Debian's Redis on a loopback port, with a password, writing nothing to disk.
source "$(dirname "$0")/common.sh"
folder=$state/redis port=$(free_port) password=$(secret)
mkdir -p "$folder"
redis-server --bind 127.0.0.1 --port "$port" --requirepass "$password" --dir "$folder" --save '' --appendonly no \
  --maxmemory-policy noeviction >"$folder/log" 2>&1 &
started $! redis
REDISCLI_AUTH=$password until_answers 20 "$folder/log" redis-cli -h 127.0.0.1 -p "$port" ping
given TEST_REDIS_URL "redis://:$password@127.0.0.1:$port/0"
