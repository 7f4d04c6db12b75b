#!/bin/sh
# serves.sh IMAGE VERSION: a container of the image answers on a port of the build, with its version.
set -eu
image=$1 version=$2
id=$(docker run --detach --publish 127.0.0.1:8080:8080 "$image")
trap 'docker rm --force "$id" > /dev/null' EXIT

tries=0
until page=$(busybox wget -q -O - 127.0.0.1:8080/); do
  tries=$((tries + 1))
  if [ "$tries" -gt 50 ]; then
    docker logs "$id"
    echo "not ok  nothing answers"
    exit 1
  fi
  sleep 0.2
done

case $page in
  *"greeter $version."*) echo "ok      greeter $version answers" ;;
  *)
    echo "not ok  $page"
    exit 1
    ;;
esac
