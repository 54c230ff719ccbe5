#!/bin/bash
# deploy of one instance
kill -TERM "$(cat /run/app.pid)"
sleep 30
kill -9 "$(cat /run/app.pid)" 2>/dev/null || true
systemctl start app
until curl -sf http://localhost:8000/readyz; do sleep 1; done
