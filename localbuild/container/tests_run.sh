# codebuild-tests-run --test-command COMMAND --files-search SEARCH [--sharding-strategy STRATEGY]
#
# Runs COMMAND on this shard's part of the files that SEARCH prints, a line each. They follow it as
# its arguments, unless its text names CODEBUILD_CURRENT_SHARD_FILES, which has a file a line. It
# ends as COMMAND does; with 2 for wrong usage; with 1 where there is no test file at all, but with 0
# where only this shard has none.
#
# equal-distribution: the names in bytewise order, cut into pieces whose sizes differ by one at most.
# stability: a name has a number for each shard, and goes where that is highest. A new name moves no
# other one; a new shard takes names from the others, which keep the rest.
set -f
say() { printf 'codebuild-tests-run: %s\n' "$1" >&2; }

usage() {
  echo 'usage: codebuild-tests-run --test-command COMMAND --files-search COMMAND' \
    '[--sharding-strategy equal-distribution|stability]'
}

wrong() {
  say "$1"
  usage >&2
  exit 2
}

if [ "$*" = --help ]; then
  usage
  exit 0
fi

command='' search='' strategy=equal-distribution
while [ $# -gt 0 ]; do
  case $1 in
    --*=*) name=${1%%=*} value=${1#*=} ;;
    *)
      [ $# -gt 1 ] || wrong "$1: a value is missing, or it is no option"
      name=$1 value=$2
      shift ;;
  esac
  shift
  case $name in
    --test-command) command=$value ;;
    --files-search) search=$value ;;
    --sharding-strategy) strategy=$value ;;
    *) wrong "there is no option $name" ;;
  esac
done
[ "$command" ] || wrong '--test-command is missing'
[ "$search" ] || wrong '--files-search is missing'
case $strategy in
  equal-distribution) share=equal_share ;;
  stability) share=stable_share ;;
  *) wrong "there is no --sharding-strategy $strategy" ;;
esac

index=${@INDEX@:-0} count=${@COUNT@:-1}
case $index$count in *[!0-9]*) index=$count ;; esac
[ "$index" -lt "$count" ] 2> /dev/null || wrong '@INDEX@ and @COUNT@ name no shard'

# Lines $1 + 1 to $1 + $2.
cut_out() { [ "$2" -eq 0 ] || sed -n "$(($1 + 1)),$(($1 + $2))p"; }

equal_share() {
  each=$((total / count)) more=$((total % count))
  cut_out $((index * each + (index < more ? index : more))) $((each + (index < more)))
}

# Numbers stay below 2^53, which every awk holds exactly; squares scatter what sums would not.
stable_share() {
  LC_ALL=C awk -v index_="$index" -v count="$count" '
    BEGIN {
      prime = 67108859
      for (at = 1; at < 256; at++) number[sprintf("%c", at)] = at
    }

    function mixed(x, y) { x = (x + y) % prime; return (x * x + y) % prime }

    {
      one = two = 1
      for (at = 1; at <= length($0); at++) {
        byte = number[substr($0, at, 1)]
        one = (one * 257 + byte) % prime
        two = (two * 8191 + byte) % prime
      }
      best = -1
      for (shard = 0; shard < count; shard++) {
        weight = mixed(mixed(mixed(one, two), shard * 7919 + 1), two)
        if (weight > best) { best = weight; chosen = shard }
      }
      if (chosen == index_ + 0) print
    }'
}

found=$(/bin/sh -c "$search")
status=$?
if [ $status -ne 0 ]; then
  say "--files-search failed with exit status $status"
  exit $status
fi
files=$(printf '%s\n' "$found" | sed '/^$/d' | LC_ALL=C sort -u)
if [ -z "$files" ]; then
  say "--files-search found no test files"
  exit 1
fi
total=$(($(printf '%s\n' "$files" | wc -l)))
mine=$(printf '%s\n' "$files" | $share)
shard="shard $((index + 1)) of $count"
if [ -z "$mine" ]; then
  say "$shard has no test files: nothing is run"
  exit 0
fi
IFS='
'
set -- $mine
unset IFS
[ "$count" -eq 1 ] || say "$shard has $# of $total test files"

command=$(printf '%s' "$command")
uses=
case $command in *CODEBUILD_CURRENT_SHARD_FILES*) uses=yes ;; esac
# Linux starts no program with a longer variable.
if [ "$(printf '%s' "$mine" | wc -c)" -lt 131000 ]; then
  export CODEBUILD_CURRENT_SHARD_FILES="$mine"
elif [ "$uses" ]; then
  say 'the names are too long for CODEBUILD_CURRENT_SHARD_FILES: use more shards'
  exit 1
fi
[ -z "$uses" ] || exec /bin/sh -c "$command"
exec /bin/sh -c "$command \"\$@\"" sh "$@"
