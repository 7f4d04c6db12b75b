#!/bin/sh
# The entry point of the suite's image with a Docker daemon. It does what that of CodeBuild's images
# does: start the daemon, wait up to a minute until it answers, then run the command it is given.
set -e

/usr/local/bin/dockerd \
    --host=unix:///var/run/docker.sock --host=tcp://127.0.0.1:2375 \
    --storage-driver=overlay2 >/var/log/docker.log 2>&1 &

tries=0
until docker info >/dev/null 2>&1; do
    if [ "$tries" -gt 60 ]; then
        cat /var/log/docker.log
        echo 'Timed out trying to connect to internal docker host.' >&2
        exit 1
    fi
    tries=$((tries + 1))
    sleep 1
done

eval "$@"
