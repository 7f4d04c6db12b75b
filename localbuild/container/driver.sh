# Runs a build's commands, one at a time, and reports how each ended.
#
# fd 0: requests, a line each; a `run` request is followed by the script and the token alone.
# fd 1: what the build prints, and after each command its token, which the build cannot know.
# fd 2: control lines; the build's own processes never have it.
#
# `reader` is the dead man's switch: when the other end of stdin goes away, the whole container
# does. `runner` keeps commands in the foreground, so that signals work in them as they should.
# @STATE@ stands for the directory that both share with the scripts, @OUTPUT@ for a FIFO that
# takes the place of fd 1 where the engine has mounted one. Each command opens its output anew: what
# it does to the descriptor (O_NONBLOCK) must not reach the next one, nor the tokens.
unset LOCALBUILD_DRIVER
trap : TERM INT HUP
exec 3>&2 4<&0 2>/dev/null
# An engine does not tell the end of a stdin that ended before the container began: whoever started
# it must say so within seconds, or be taken for dead. Only SIGKILL is sure to end the watchdog: until a
# new subshell has dropped our traps, it takes any other signal and goes on.
(sleep 4 && kill -KILL $$) > /dev/null 3>&- 4<&- &
watchdog=$!

# Opening a FIFO waits for its reader, who may be dead by now: so only after the watchdog.
output=/proc/self/fd/1
[ -p @OUTPUT@ ] && (exec > @OUTPUT@) && output=@OUTPUT@ && exec > @OUTPUT@
mkdir -p @STATE@ && chmod 777 @STATE@

reader() {
  while IFS= read -r line; do
    [ -z "$watchdog" ] || { kill -KILL "$watchdog"; watchdog=; }
    case $line in
      "run "*)
        request=${line#run }
        token=${request%% *}
        whole=
        text=
        [ -d @STATE@ ] || mkdir -p @STATE@
        {
          whole=yes
          while IFS= read -r text && [ "$text" != "$token" ]; do
            printf '%s\n' "$text" || whole=
          done
        } > @STATE@/script.sh
        while [ "$text" != "$token" ] && IFS= read -r text; do :; done
        if [ "$whole" ]; then printf '%s\n' "$request"; else echo "unwritten $token" >&3; fi ;;
      "check "*)
        state=gone
        read -r _ _ state _ < "/proc/${line#check }/stat"
        echo "state $state" >&3 ;;
      terminate)
        kill -s TERM -- -1 ;;
    esac
  done <&4
  kill -KILL $$
}

run_as() {
  if ! id "$1" > /dev/null; then
    echo "localbuild: run-as: there is no user '$1' in this image"
    exit 1
  fi
  if command -v setpriv > /dev/null; then
    exec setpriv --reuid "$1" --regid "$(id -g "$1")" --init-groups \
      env -i PWD="$PWD" "$2" @STATE@/script.sh
  elif command -v runuser > /dev/null; then
    exec runuser -u "$1" -- env -i PWD="$PWD" "$2" @STATE@/script.sh
  fi
  exec su -m -s /bin/sh "$1" -c "exec env -i PWD=\"\$PWD\" '$2' @STATE@/script.sh"
}

# How many processes the kernel has killed here for memory, in either version of cgroups.
memory_kills() {
  for file in /sys/fs/cgroup/memory.events /sys/fs/cgroup/memory/memory.oom_control; do
    [ -r "$file" ] || continue
    while read -r key value; do
      [ "$key" != oom_kill ] || kills=$value
    done < "$file"
  done
}

runner() {
  trap : TERM
  read -r pid _ < /proc/self/stat
  echo "ready $pid" >&3
  while read -r token shell user; do
    directory=
    while IFS= read -r text; do directory="$directory${directory:+
}$text"; done < @STATE@/dir.txt
    [ "${found%% *}" = "$shell" ] || found="$shell $(command -v "$shell")"
    path=${found#* }
    (
      exec > "$output" 2>&1 3>&- 4<&-
      cd -- "$directory" 2>/dev/null || echo "localbuild: the working directory $directory is gone"
      if [ "$user" ]; then run_as "$user" "${path:-$shell}"; fi
      exec env -i PWD="$PWD" "${path:-$shell}" @STATE@/script.sh
    ) < /dev/null
    status=$?
    kills=0
    [ $status -ne 137 ] || memory_kills
    printf '\0%s' "$token"
    echo "done $token $status $kills" >&3
  done
}

reader | runner
