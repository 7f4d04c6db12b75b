#!/usr/bin/env bash
# Makes sure that a Docker engine answers.
#
#   scripts/engine.sh         one answers already: nothing to do. Otherwise root on Debian or Ubuntu
#                             gets the distribution's engine, started here; anyone else gets one
#                             line on what to install.
#   scripts/engine.sh stop    stops the engine, but only one that this script started.
#
# Honours DOCKER_HOST: where it names an engine that does not answer, none is started in its place.
# Exit: 0 an engine answers, 2 wrong usage, 4 no engine.
set -euo pipefail

# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

SOCKET=/var/run/docker.sock
DOCKERD_PIDFILE=/var/run/docker.pid
STEP_EXIT=4

is_default_host() {
    case ${DOCKER_HOST:-} in
        '' | unix:///var/run/docker.sock | unix:///run/docker.sock) ;;
        *) return 1 ;;
    esac
}

# --- daemons on this machine ------------------------------------------------------------------

is_dockerd() { [ "$(cat "/proc/$1/comm" 2>/dev/null)" = dockerd ]; }

# Prints the pid of a dockerd that shares our network namespace. A second one there would take the
# first one's bridge and its iptables rules away.
dockerd_in_this_network() {
    local comm pid here
    here=$(readlink /proc/self/ns/net)
    for comm in /proc/[0-9]*/comm; do
        pid=${comm#/proc/}
        pid=${pid%/comm}
        if is_dockerd "$pid" && [ "$(readlink "/proc/$pid/ns/net")" = "$here" ]; then
            printf '%s\n' "$pid"
            return
        fi
    done
    return 1
}

# dockerd refuses to start while its pid file names any live process, and pids are used again.
drop_stale_pidfile() {
    local pid
    pid=$(cat "$DOCKERD_PIDFILE" 2>/dev/null) || return 0
    is_dockerd "$pid" || rm -f "$DOCKERD_PIDFILE"
}

start_dockerd() {
    drop_stale_pidfile
    say "starting dockerd (log: $DOCKERD_LOG)"
    : >"$DOCKERD_LOG"
    (exec_alone dockerd) </dev/null >"$DOCKERD_LOG" 2>&1 &
    local pid=$!
    printf '%s\n' "$pid" >"$STARTED"
    if ! wait_until answers_or_gone "$pid" || ! engine_answers; then
        tail -n 25 "$DOCKERD_LOG" >&2
        die 4 "dockerd ended, or did not answer within $READY_WITHIN_S s (full log: $DOCKERD_LOG)"
    fi
}

start_service() {
    step "starting the docker service" systemctl start docker
    wait_until engine_answers || die 4 "the docker service does not answer on $SOCKET"
}

# --- the two verbs ----------------------------------------------------------------------------

require_startable() {
    is_default_host || die 4 "no engine answers at DOCKER_HOST=$DOCKER_HOST (unix://, tcp:// and http:// are understood here): start it, or unset DOCKER_HOST"
    if [ -S "$SOCKET" ] && [ ! -w "$SOCKET" ]; then
        die 4 "no permission to use $SOCKET: join its group (usermod -aG docker $(id -un)), or set DOCKER_HOST"
    fi
    is_root || die 4 "no Docker engine answers: install and start Docker (https://docs.docker.com/engine/install/), or set DOCKER_HOST"
    has dockerd || is_debian_like || die 4 "no Docker engine answers: install and start your distribution's Docker package, or set DOCKER_HOST"
}

start() {
    require_curl
    engine_answers && return
    require_startable
    take_lock engine
    engine_answers && return # whoever held the lock has started it
    if ! { has dockerd && has iptables; }; then apt_install docker.io iptables; fi
    local other
    if other=$(dockerd_in_this_network); then
        say "waiting for dockerd (pid $other), which is running already"
        wait_until engine_answers || die 4 "dockerd (pid $other) runs but does not answer on $SOCKET: set DOCKER_HOST to its address"
    elif [ -d /run/systemd/system ]; then
        start_service
    else
        start_dockerd
    fi
    say "an engine answers on $SOCKET"
}

stop() {
    take_lock engine
    local pid
    pid=$(cat "$STARTED" 2>/dev/null) || pid=none
    if ! is_dockerd "$pid"; then
        say "no engine started by this script is running"
        return
    fi
    say "stopping dockerd (pid $pid)"
    kill -TERM "$pid"
    wait_until is_gone "$pid" || die 4 "dockerd (pid $pid) did not stop within $READY_WITHIN_S s"
    rm -f "$STARTED"
}

is_gone() { ! is_dockerd "$1"; }

make_state_dir
DOCKERD_LOG=$STATE/dockerd.log
STARTED=$STATE/dockerd.pid

case ${1:-start} in
    start) start ;;
    stop) stop ;;
    *) die 2 "usage: ${0##*/} [start|stop]" ;;
esac
