#!/usr/bin/env bash
# oidc.sh FOLDER: the independent OpenID provider on a loopback port.
source "$(dirname "$0")/common.sh"
folder=$state/oidc port=$(free_port) password=$(secret)
mkdir -p "$folder"
node "$here/../oidc/provider.mjs" "$port" portal "$password" >"$folder/log" 2>&1 &
started $! oidc
until_answers 30 "$folder/log" curl -fs "http://127.0.0.1:$port/.well-known/openid-configuration"
given TEST_OIDC_ISSUER "http://127.0.0.1:$port"
given TEST_OIDC_CLIENT_ID portal
given TEST_OIDC_CLIENT_SECRET "$password"
