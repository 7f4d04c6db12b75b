#!/bin/sh
# What the suite's PostgreSQL image starts with: an empty database of POSTGRES_USER, whose password is
# POSTGRES_PASSWORD, as the official image has it. It is as quick as it can be, and keeps nothing.
set -eu

user=${POSTGRES_USER:-postgres}
data=/var/lib/postgresql/data
for bin in /usr/lib/postgresql/*/bin; do :; done

as_postgres() { setpriv --reuid=postgres --regid=postgres --clear-groups "$@"; }

: "${POSTGRES_PASSWORD:?is not set}"
umask 077
mkdir -p "$data" /run/postgresql
printf '%s\n' "$POSTGRES_PASSWORD" >/run/postgresql/password
chown -R postgres:postgres "$data" /run/postgresql
as_postgres "$bin/initdb" --pgdata="$data" --username="$user" --pwfile=/run/postgresql/password \
    --auth=scram-sha-256 --encoding=UTF8 --locale=C.UTF-8 --no-sync
rm /run/postgresql/password
echo 'host all all all scram-sha-256' >>"$data/pg_hba.conf"
if [ "$user" != postgres ]; then
    printf 'CREATE DATABASE "%s"\n' "$user" | as_postgres "$bin/postgres" --single -D "$data" postgres
fi
unset POSTGRES_PASSWORD
exec setpriv --reuid=postgres --regid=postgres --clear-groups "$bin/postgres" -D "$data" \
    -c listen_addresses='*' -c unix_socket_directories=/run/postgresql -c jit=off -c fsync=off
