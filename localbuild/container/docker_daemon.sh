# Gets a privileged container ready for a Docker daemon of its own; with @START@ = yes it starts the
# one of CodeBuild's images, through their entry point, and waits until it answers.
#
# It ends with 0, after the name of the storage driver where a daemon was started; with 3 where the
# image has no entry point; with 1 where the daemon does not start, after what the daemon said. Its
# first line is `in-use` where another build's daemon has the volume of the project's layers.
# @GROUPS@ stands for /sys/fs/cgroup, @SELF@ for /proc/self/cgroup, @DATA@ for where a daemon keeps
# its layers, @OWN@ for another place for them, @ENTRY@ for the entry point, @DAEMON@ for the daemon,
# @LOG@ for the log that the entry point writes, @SAID@ for what it prints itself.
. @ENV_FILE@
# What a build sets for its own commands, and a stand-in for `docker`, are not for the daemon.
PATH=@PATH@
unset DOCKER_HOST DOCKER_CONTEXT DOCKER_TLS_VERIFY DOCKER_CERT_PATH

# An engine that gives less than every privilege leaves them read-only.
open_groups() {
  for group in @GROUPS@ @GROUPS@/*; do
    [ -d "$group" ] && [ ! -L "$group" ] && [ ! -w "$group" ] || continue
    mount -o remount,bind,rw "$group" "$group"
  done
}

# In version 2 a group that has groups below it must have no processes. Only the container's own are
# its to change: they are where it sees itself at their root.
nest_groups() {
  grep -q -x '0::/' @SELF@ && [ -f @GROUPS@/cgroup.controllers ] || return 0
  mkdir -p @GROUPS@/init
  while read -r process; do
    echo "$process" > @GROUPS@/init/cgroup.procs
  done < @GROUPS@/cgroup.procs
  for controller in $(cat @GROUPS@/cgroup.controllers); do
    echo "+$controller" > @GROUPS@/cgroup.subtree_control
  done
}

# Two daemons cannot have one volume. The lock is held as long as the container lives.
take_layers() {
  [ -d @OWN@ ] && command -v flock > /dev/null || return 0
  exec 9> @DATA@/.localbuild.lock
  if flock -n 9; then
    while :; do sleep 86400; done > /dev/null 2>&1 < /dev/null &
  else
    echo in-use
    mount --bind @OWN@ @DATA@
  fi
  exec 9>&-
}

# Of an earlier build layers are kept, and nothing that could be in the way of this one.
keep_layers_alone() {
  [ -d @OWN@ ] || return 0
  found=$(docker ps --all --quiet) && [ -z "$found" ] || docker rm --force --volumes $found
  found=$(docker volume ls --quiet) && [ -z "$found" ] || docker volume rm --force $found
  docker network prune --force
}

answers() { docker info > /dev/null 2>&1; }

has_said() { grep -q "$1" @LOG@ @SAID@ 2> /dev/null; }

# As long as the entry point itself would wait.
wait_until_it_answers() {
  end=$(($(date +%s) + 60))
  while [ "$(date +%s)" -le "$end" ]; do
    answers && return
    ! has_said 'failed to start \(daemon\|containerd\)' || return
    sleep 0.1 2> /dev/null || sleep 1
  done
  echo 'Timed out trying to connect to internal docker host.'
  return 1
}

# A daemon that cannot use overlays can copy files instead, which is slow and needs much room.
start_with_copies() {
  has_said 'graphdriver' || return
  cat @SAID@ @LOG@ > @SAID@.overlay 2> /dev/null
  : > @SAID@
  @DAEMON@ --host=unix:///var/run/docker.sock --host=tcp://127.0.0.1:2375 \
    --storage-driver=vfs > @LOG@ 2>&1 < /dev/null &
  wait_until_it_answers
}

(open_groups; nest_groups) > /dev/null 2>&1
take_layers
[ @START@ = yes ] || exit 0
[ -x @ENTRY@ ] || exit 3
cd /
@ENTRY@ true > @SAID@ 2>&1 < /dev/null &
if wait_until_it_answers || start_with_copies; then
  keep_layers_alone > /dev/null 2>&1
  docker info --format '{{.Driver}}'
  exit 0
fi
cat @SAID@.overlay @SAID@ @LOG@ 2> /dev/null
exit 1
