#!/usr/bin/env bash
# Makes sure that podman's Docker-compatible socket answers, so that the suite can run on it, too.
#
#   scripts/podman.sh          starts podman's service where it does not answer. Its network, images and
#                              containers are its own: no other engine of this machine sees them.
#   scripts/podman.sh host     prints what DOCKER_HOST has to be
#   scripts/podman.sh stop     stops it; its images stay
#   scripts/podman.sh clean    stops it, and removes all that it has on disk
#
# Needs root on Linux, and podman: on Debian or Ubuntu it installs the distribution's.
# Exit: 0 done, 2 wrong usage, 4 no podman.
set -euo pipefail

# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

STEP_EXIT=4
STORAGE=/var/lib/localbuild-podman
PACKAGES=(podman catatonit netavark iptables iproute2)

# A machine that is a container itself may not raise limits: containers get those that podman has, which
# lowers its own of processes to what the kernel counts. Without systemd podman manages its cgroups, and notes
# its events, by itself. It would take the older network plugins where only their configuration is.
write_settings() {
    local processes most
    processes=$(ulimit -Hu)
    most=$(cat /proc/sys/kernel/pid_max)
    if [ "$processes" = unlimited ] || [ "$processes" -gt "$most" ]; then processes=$most; fi
    printf '[containers]\ndefault_ulimits = ["nofile=%s:%s", "nproc=%s:%s"]\n' \
        "$(ulimit -Hn)" "$(ulimit -Hn)" "$processes" "$processes"
    if has /usr/lib/podman/netavark; then printf '[network]\nnetwork_backend = "netavark"\n'; fi
    [ -d /run/systemd/system ] || printf '[engine]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"\n'
}

# podman_alone WORD...: podman in a network of its own, where it cannot meet another engine's rules. What it
# unpacks in passing, and leaves behind where it is stopped meanwhile, belongs to what clean() removes.
podman_alone() {
    export CONTAINERS_CONF=$STATE/podman.conf TMPDIR=$STORAGE/passing
    mkdir -p "$TMPDIR"
    write_settings >"$CONTAINERS_CONF"
    # shellcheck disable=SC2016
    exec_alone unshare --net sh -c 'ip link set lo up; exec podman "$@"' podman \
        --root "$STORAGE" --runroot "$STATE/podman" --tmpdir "$STATE/podman/tmp" "$@"
}

is_podman() { [ "$(cat "/proc/$1/comm" 2>/dev/null)" = podman ]; }

start() {
    require_curl
    engine_answers && return
    is_root || die 4 "only root can start podman's service here: start your own, and set DOCKER_HOST"
    take_lock podman
    engine_answers && return # whoever held the lock has started it
    if ! has podman; then
        is_debian_like || die 4 "podman is needed: install your distribution's package"
        apt_install "${PACKAGES[@]}"
    fi
    rm -f "$SOCKET"
    (podman_alone system service --time=0 "$DOCKER_HOST") </dev/null >"$LOG" 2>&1 &
    local pid=$!
    printf '%s\n' "$pid" >"$STARTED"
    if ! wait_until answers_or_gone "$pid" || ! engine_answers; then
        tail -n 25 "$LOG" >&2
        die 4 "podman's service ended, or did not answer within $READY_WITHIN_S s (full log: $LOG)"
    fi
    say "podman answers on $SOCKET (log: $LOG)"
}

is_gone() { ! is_podman "$1"; }

stop() {
    take_lock podman
    local pid
    pid=$(cat "$STARTED" 2>/dev/null) && is_podman "$pid" || return 0
    kill -TERM "$pid"
    wait_until is_gone "$pid" || die 4 "podman's service (pid $pid) did not stop within $READY_WITHIN_S s"
    rm -f "$STARTED" "$SOCKET"
    say "stopped podman's service (pid $pid)"
}

clean() {
    stop
    [ ! -d "$STORAGE" ] || step "removing $STORAGE" podman_alone system reset --force
    rm -rf --one-file-system "$STORAGE" "$STATE/podman"
}

make_state_dir
STARTED=$STATE/podman.pid
SOCKET=$STATE/podman.sock
export DOCKER_HOST=unix://$SOCKET

case ${1:-start} in
    start) start ;;
    host) printf '%s\n' "$DOCKER_HOST" ;;
    stop) stop ;;
    clean) clean ;;
    *) die 2 "usage: ${0##*/} [start|host|stop|clean]" ;;
esac
