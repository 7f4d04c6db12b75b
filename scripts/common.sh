# shellcheck shell=bash
# What the scripts beside this one share: their voice, their log, their lock, the engine's API.
# Sourced, never run; bash 3.2 is enough.

say() { printf '%s: %s\n' "${0##*/}" "$*"; }

# die CODE MESSAGE...: one line on stderr, then the end.
die() {
    local code=$1
    shift
    printf '%s: error: %s\n' "${0##*/}" "$*" >&2
    exit "$code"
}

has() { command -v "$1" >/dev/null 2>&1; }

is_root() { [ "$(id -u)" -eq 0 ]; }

is_debian_like() { [ -r /etc/debian_version ] && has apt-get; }

# A private folder for locks, pid files and logs; it need not outlive a restart of the machine.
make_state_dir() {
    if is_root && [ -d /run ]; then
        STATE=/run/localbuild
    else
        STATE=${XDG_RUNTIME_DIR:-${TMPDIR:-/tmp}}/localbuild-$(id -u)
    fi
    (umask 077 && mkdir -p "$STATE") || die 1 "cannot make $STATE"
    [ -O "$STATE" ] || die 1 "$STATE belongs to someone else"
    LOG=$STATE/${0##*/}.log
}

# take_lock NAME: waits for that lock, holds it on descriptor 9 until the script ends.
# Where flock(1) is missing (macOS) two calls at once are not kept apart.
take_lock() {
    exec 9>"$STATE/$1.lock"
    has flock || return 0
    flock --nonblock 9 && return
    say "waiting for the other call that holds $STATE/$1.lock"
    flock --timeout "${LOCK_TIMEOUT_S:-900}" 9 || die 1 "gave up waiting for $STATE/$1.lock"
}

READY_WITHIN_S=30

# wait_until COMMAND...: tries it ten times a second for READY_WITHIN_S.
wait_until() {
    local tries=$((READY_WITHIN_S * 10))
    until "$@"; do
        ((tries-- > 0)) || return 1
        sleep 0.1
    done
}

# exec_alone COMMAND...: replaces the (sub)shell by it, in a session of its own, with none of our descriptors
# but its three streams: a CI run waits for whoever still holds its output, and the lock must be let go.
exec_alone() {
    local fd
    for fd in "/proc/$BASHPID/fd/"*; do
        fd=${fd##*/}
        case $fd in 0 | 1 | 2 | 255) ;; *) eval "exec $fd>&-" ;; esac
    done
    cd /
    exec setsid "$@"
}

# logged COMMAND...: its output goes to the log; what it leaves running holds neither the caller's
# streams nor its lock.
logged() { "$@" </dev/null >"$LOG" 2>&1 9>&-; }

# step TEXT COMMAND...: says TEXT, runs COMMAND logged; if it fails, shows the log's end and gives up.
# Not to be called in a condition: there bash ignores `set -e`.
step() {
    local code
    say "$1"
    shift
    set +e
    (
        set -e
        logged "$@"
    )
    code=$?
    set -e
    [ "$code" -eq 0 ] && return
    tail -n 25 "$LOG" >&2
    die "${STEP_EXIT:-1}" "exit code $code from: $* (full log: $LOG)"
}

# apt_install PACKAGE...: as root, on Debian and its children; fresh lists first.
apt_install() {
    export DEBIAN_FRONTEND=noninteractive
    step "apt-get update" apt-get -o DPkg::Lock::Timeout=120 update
    step "apt-get install $*" \
        apt-get -o DPkg::Lock::Timeout=120 install --yes --no-install-recommends "$@"
}

require_curl() {
    has curl && return
    if ! { is_root && is_debian_like; }; then die 4 "curl is needed: install it"; fi
    apt_install curl ca-certificates
}

# engine_api METHOD PATH [CURL OPTION...]: one call of the Docker Engine API, its body on stdout.
# PATH names no version: the engine answers in its newest.
engine_api() {
    local method=$1 path=$2 host=${DOCKER_HOST:-unix:///var/run/docker.sock}
    local certs=${DOCKER_CERT_PATH:-$HOME/.docker}
    shift 2
    set -- --silent --show-error --noproxy '*' --request "$method" "$@"
    case $host in
        unix://*) curl "$@" --unix-socket "${host#unix://}" "http://localhost$path" ;;
        tcp://* | http://*)
            if [ -n "${DOCKER_TLS_VERIFY:-}" ]; then
                curl "$@" --cacert "$certs/ca.pem" --cert "$certs/cert.pem" --key "$certs/key.pem" "https://${host#*://}$path"
            else
                curl "$@" "http://${host#*://}$path"
            fi
            ;;
        *) return 1 ;;
    esac
}

answers_or_gone() { engine_answers || ! kill -0 "$1" 2>/dev/null; }

engine_answers() { [ "$(engine_api GET /_ping --fail --max-time 5 2>/dev/null)" = OK ]; }
