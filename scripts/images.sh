#!/usr/bin/env bash
# Makes the images of the test suite, where they do not exist yet.
#
#   scripts/images.sh [small] [standard] [busybox] [runtimes] [docker] [postgres]    all when none is named
#   scripts/images.sh clean                                                         removes every image made here
#
#   localbuild/small:1      dash as sh, bash and the core utilities; neither git nor Python
#   localbuild/standard:1   what most builds need: git, Python with pip and venv, Node.js with npm, gcc, ...
#   localbuild/runtimes:1   the small one and a file of runtimes that it can switch to: scripts/runtimes.yml
#   localbuild/busybox:1    busybox and nothing else; the suite takes its program out for tests of its tar
#   localbuild/postgres:1   a PostgreSQL server that a sample's build talks to: scripts/postgres.sh
#   localbuild/docker:1     the small one with a Docker daemon, and CodeBuild's way to start it
# Those for builds have the user codebuild-user (uid 1000).
#
# Where the engine can pull an image they are built on Debian's or busybox's; where no registry answers, root on
# Debian or Ubuntu gets them from the distribution's own packages, as apt is configured to find them.
# Exit: 0 made, 1 could not be made, 2 wrong usage, 4 no engine.
set -euo pipefail

# shellcheck source=scripts/common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

SCRIPTS=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
LABEL=localbuild.image=suite
IMAGE_PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
PULL_WITHIN_S=20

# The small image is unpacked, not installed: no maintainer script runs, so it is made in seconds.
SMALL_PACKAGES=(
    base-files base-passwd bash coreutils dash findutils grep gzip hostname libpam-modules login mawk
    passwd procps sed tar util-linux
)
POSTGRES_PACKAGES=("${SMALL_PACKAGES[@]}" postgresql)
STANDARD_PACKAGES=(
    bash ca-certificates curl gcc git jq libc6-dev make nodejs npm procps python-is-python3 python3
    python3-pip python3-venv unzip xz-utils zip zstd
)
# busybox is for images that are built in a build: no registry is needed for them.
DOCKER_PACKAGES=(busybox-static ca-certificates docker.io iptables mount)

# --- the engine's images ----------------------------------------------------------------------

# base NAME: the image of a registry that it is built on.
base() {
    case $1 in
        busybox) printf 'busybox:musl' ;;
        postgres) printf 'postgres:15-alpine' ;;
        *) printf 'debian:bookworm-slim' ;;
    esac
}

image_name() { printf 'localbuild/%s:1' "$1"; }

image_exists() { engine_api GET "/images/$(image_name "$1")/json" --fail >/dev/null 2>&1; }

urlencode() {
    local i
    for ((i = 0; i < ${#1}; i++)); do printf '%%%02X' "'${1:i:1}"; done
}

# command_of NAME: what the image starts where nobody says anything else.
command_of() {
    case $1 in
        postgres) printf '["/usr/local/bin/docker-entrypoint.sh"]' ;;
        *) printf '["/bin/bash"]' ;;
    esac
}

# import_image NAME ROOT: a folder's tree becomes the image. One stream, no archive on disk.
import_image() {
    local query change
    query="fromSrc=-&repo=$(urlencode "$(image_name "$1")")"
    for change in "ENV PATH=$IMAGE_PATH" "CMD $(command_of "$1")" "LABEL $LABEL"; do
        query+="&changes=$(urlencode "$change")"
    done
    tar --create --numeric-owner --directory "$2" . |
        engine_api POST "/images/create?$query" --header 'Content-Type: application/x-tar' --upload-file -
    image_exists "$1"
}

# build_image NAME [FILE…]: a Dockerfile on stdin becomes the image; it may copy the files, of scripts/.
build_image() {
    local more=()
    cat >"$WORK/Dockerfile"
    if [ $# -gt 1 ]; then more=(--directory "$SCRIPTS" "${@:2}"); fi
    tar --create --directory "$WORK" Dockerfile ${more[@]+"${more[@]}"} |
        engine_api POST "/build?forcerm=1&t=$(image_name "$1")" --header 'Content-Type: application/x-tar' --upload-file -
    image_exists "$1"
}

clean() {
    local id
    engine_api GET "/images/json?filters=$(urlencode "{\"label\":[\"$LABEL\"]}")" |
        grep -o '"Id":"[^"]*"' | cut -d'"' -f4 | while read -r id; do
        engine_api DELETE "/images/$id?force=1" >/dev/null
        say "removed $id"
    done
}

# --- from a registry --------------------------------------------------------------------------

# Without another way the pull may take its time; with one, a registry has to answer quickly.
pull_base() {
    local limit=600 base
    base=$(base "$1")
    if can_bootstrap; then limit=$PULL_WITHIN_S; fi
    engine_api POST "/images/create?fromImage=${base%:*}&tag=${base#*:}" --max-time "$limit" >"$LOG" 2>&1 || true
    engine_api GET "/images/$base/json" --fail >/dev/null 2>&1
}

install_line() {
    printf 'apt-get update && apt-get install --yes --no-install-recommends %s && rm -rf /var/lib/apt/lists/*' "$1"
}

dockerfile() {
    printf 'FROM %s\nLABEL %s\n' "$(base "$1")" "$LABEL"
    if [ "$1" = postgres ]; then return; fi
    printf 'ENV PATH=%s\n' "$IMAGE_PATH"
    if [ "$1" = busybox ]; then
        printf 'RUN adduser -D -u 1000 codebuild-user\n'
        return
    fi
    case $1 in
        standard) printf 'RUN %s && rm -f /usr/lib/python3*/EXTERNALLY-MANAGED\n' "$(install_line "${STANDARD_PACKAGES[*]}")" ;;
        docker)
            printf 'RUN %s\n' "$(install_line "${DOCKER_PACKAGES[*]}")"
            printf 'RUN ln -s /usr/sbin/dockerd /usr/bin/docker /usr/local/bin/\n'
            printf 'COPY dockerd-entrypoint.sh /usr/local/bin/\n'
            ;;
    esac
    printf 'RUN useradd --create-home --uid 1000 --shell /bin/bash codebuild-user\nCMD ["/bin/bash"]\n'
}

runtimes_dockerfile() {
    printf 'FROM %s\nLABEL %s\n' "$(image_name small)" "$LABEL"
    printf 'ENV JAVA_8_HOME=/opt/java/8 JAVA_11_HOME=/opt/java/11\n'
    printf 'COPY runtimes.yml /codebuild/image/config/runtimes.yml\n'
}

build_runtimes() { runtimes_dockerfile | build_image runtimes runtimes.yml; }

build_from_registry() {
    local files=()
    if [ "$1" = docker ]; then files=(dockerd-entrypoint.sh); fi
    dockerfile "$1" | build_image "$1" ${files[@]+"${files[@]}"}
}

# --- from the distribution's packages ---------------------------------------------------------

distribution() { (. /etc/os-release && printf '%s' "$ID"); }

codename() { (. /etc/os-release && printf '%s' "$VERSION_CODENAME"); }

can_bootstrap() {
    is_root && is_debian_like || return 1
    case $(distribution) in debian | ubuntu) ;; *) return 1 ;; esac
}

# The distribution's own archives as this machine's apt reaches them: mirrors stay, third parties' go.
apt_sources() {
    local origin=Debian
    [ "$(distribution)" = debian ] || origin=Ubuntu
    # shellcheck disable=SC2016
    apt-get indextargets --format 'deb $(REPO_URI) $(RELEASE) $(COMPONENT)' \
        'Created-By: Packages' "Origin: $origin"
}

prepare_bootstrap() {
    has mmdebstrap || apt_install mmdebstrap
    apt_sources >"$WORK/sources.list"
    [ -s "$WORK/sources.list" ] && return
    step "apt-get update" apt-get -o DPkg::Lock::Timeout=120 update
    apt_sources >"$WORK/sources.list"
}

# mmdebstrap mounts /proc, /sys and /dev into the tree. In a mount namespace of its own nobody else
# sees them, so removing the tree is safe however it ended. Who may not have one may not mount either.
# The options for dpkg stay in the image, where they make a build's own `apt-get install` quicker too.
bootstrap() {
    local variant=$1 root=$2 IFS=, private=()
    shift 2
    if unshare --mount true; then private=(unshare --mount); fi
    ${private[@]+"${private[@]}"} mmdebstrap --variant="$variant" --format=directory --include="$*" \
        --hook-dir=/usr/share/mmdebstrap/hooks/merged-usr --aptopt='APT::Install-Recommends "false"' \
        --dpkgopt=force-unsafe-io --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' \
        "$(codename)" "$root" "$WORK/sources.list"
}

# What the maintainer scripts of the small image's packages would have done.
settle_small() {
    cp "$1/usr/share/base-passwd/passwd.master" "$1/etc/passwd"
    cp "$1/usr/share/base-passwd/group.master" "$1/etc/group"
    (umask 027 && sed 's/^\([^:]*\):.*/\1:*:19000:0:99999:7:::/' "$1/etc/passwd" >"$1/etc/shadow")
    echo 'auth required pam_unix.so' >"$1/etc/pam.d/common-auth"
    echo 'account required pam_unix.so' >"$1/etc/pam.d/common-account"
    echo 'password required pam_unix.so' >"$1/etc/pam.d/common-password"
    echo 'session required pam_unix.so' >"$1/etc/pam.d/common-session"
    ln -sf mawk "$1/usr/bin/awk"
    rm -rf "$1/usr/share/perl5"
}

# The same for those of the docker image; what only other programs than its daemon use is left out.
settle_docker() {
    local name
    settle_small "$1"
    for name in iptables iptables-restore iptables-save ip6tables ip6tables-restore ip6tables-save; do
        ln -sf xtables-nft-multi "$1/usr/sbin/$name"
    done
    rm -f "$1"/usr/bin/{ctr,dnet,containerd-shim,containerd-shim-runc-v1} "$1/usr/sbin/ovrouter"
    mkdir -p "$1/usr/local/bin"
    ln -s /usr/sbin/dockerd /usr/bin/docker "$1/usr/local/bin/"
    install --mode=755 "$SCRIPTS/dockerd-entrypoint.sh" "$1/usr/local/bin/"
    cat "$1"/usr/share/ca-certificates/mozilla/*.crt >"$1/etc/ssl/certs/ca-certificates.crt"
}

# What makes machine code of queries is three quarters of the server's size, and not for small ones.
settle_postgres() {
    settle_small "$1"
    echo 'postgres:x:999:999::/var/lib/postgresql:/bin/sh' >>"$1/etc/passwd"
    echo 'postgres:x:999:' >>"$1/etc/group"
    rm -f "$1"/usr/lib/*/libLLVM* "$1"/usr/lib/postgresql/*/lib/llvmjit*
    rm -rf "$1"/usr/lib/postgresql/*/lib/bitcode "$1"/usr/lib/*/perl* "$1/usr/share/perl"
    install -D -m 755 "$SCRIPTS/postgres.sh" "$1/usr/local/bin/docker-entrypoint.sh"
}

# pip may install into the system's Python, as in CodeBuild's images.
settle_standard() { rm -f "$1"/usr/lib/python3*/EXTERNALLY-MANAGED; }

# The program is linked statically: it needs nothing else.
unpack_busybox() {
    local root=$1 name
    (cd "$WORK" && apt-get download busybox-static && dpkg-deb --extract busybox-static_*.deb unpacked)
    mkdir -p "$root"/{bin,dev,etc,root} && mkdir -m 1777 "$root/tmp"
    find "$WORK/unpacked" -type f -path '*/bin/busybox' -exec cp {} "$root/bin/busybox" \;
    for name in $("$root/bin/busybox" --list); do
        [ "$name" = busybox ] || ln -s busybox "$root/bin/$name"
    done
    printf 'root:x:0:0::/root:/bin/sh\ncodebuild-user:x:1000:1000::/tmp:/bin/sh\n' >"$root/etc/passwd"
}

settle() {
    "settle_$1" "$2"
    echo 'codebuild-user:x:1000:1000::/home/codebuild-user:/bin/bash' >>"$2/etc/passwd"
    echo 'codebuild-user:x:1000:' >>"$2/etc/group"
    echo 'codebuild-user:*:19000:0:99999:7:::' >>"$2/etc/shadow"
    cp -R "$2/etc/skel" "$2/home/codebuild-user"
    chown -R 1000:1000 "$2/home/codebuild-user"
    rm -rf "$2"/usr/share/{doc,info,lintian,locale,man}/* "$2"/var/cache/apt/*.bin \
        "$2"/var/log/*.log "$2"/var/log/apt/* "$2"/tmp/*
}

build_from_packages() {
    local root=$WORK/$1
    if [ "$1" = busybox ]; then
        unpack_busybox "$root"
        import_image "$1" "$root"
        return
    fi
    case $1 in
        small) bootstrap extract "$root" "${SMALL_PACKAGES[@]}" ;;
        docker) bootstrap extract "$root" "${SMALL_PACKAGES[@]}" "${DOCKER_PACKAGES[@]}" ;;
        standard) bootstrap minbase "$root" "${STANDARD_PACKAGES[@]}" ;;
        postgres) bootstrap extract "$root" "${POSTGRES_PACKAGES[@]}" ;;
    esac
    settle "$1" "$root"
    import_image "$1" "$root"
    rm -rf --one-file-system "$root"
}

# ----------------------------------------------------------------------------------------------

make_image() {
    local from started=$SECONDS
    image_exists "$1" && return
    take_lock images
    image_exists "$1" && return # whoever held the lock has made it
    if pull_base "$1"; then
        from=$(base "$1")
        step "building $(image_name "$1") on $from" build_from_registry "$1"
    else
        can_bootstrap || die 1 "no registry answers, and only root on Debian or Ubuntu can do without one: $(tail -n 1 "$LOG")"
        from="the distribution's packages"
        if [ "$1" != busybox ]; then prepare_bootstrap; fi
        step "building $(image_name "$1") from $from" build_from_packages "$1"
    fi
    say "made $(image_name "$1") in $((SECONDS - started)) s"
}

make_runtimes() {
    image_exists runtimes && return
    make_image small
    take_lock images
    image_exists runtimes && return
    step "building $(image_name runtimes) on $(image_name small)" build_runtimes
    say "made $(image_name runtimes)"
}

make_state_dir
require_curl
engine_answers || die 4 "no engine answers: scripts/engine.sh starts one"

WORK=$(mktemp -d)
trap 'rm -rf --one-file-system "$WORK"' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM # once the running step has ended

[ $# -gt 0 ] || set -- small standard busybox runtimes docker postgres
for what; do
    case $what in
        small | standard | busybox | docker | postgres) make_image "$what" ;;
        runtimes) make_runtimes ;;
        clean) clean ;;
        *) die 2 "usage: ${0##*/} [small] [standard] [busybox] [runtimes] [docker] [postgres] | clean" ;;
    esac
done
