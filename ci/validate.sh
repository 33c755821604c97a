#!/bin/sh
# Validates the image from inside: runs check, in and out, for real where AWS's document can be reached. Where there is
# no network check and in must say so cleanly: exit code 1, an empty stdout, and that the host name does not resolve.
# Anything else fails. Needs a shell in the image, and mktemp, mkdir, cat, cp and rm. Takes no arguments, but variables:
#   DIRECTORY  of check, in and out; /opt/resource unless it is set
#   SOURCE     the resource's source as JSON; one for S3 in us-gov-west-1 unless it is set
set -eu

default='{"services": ["S3"], "regions": ["us-gov-west-1"], "timeout": "20s"}'
directory=${DIRECTORY:-/opt/resource}
source=${SOURCE:-$default}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
mkdir "$work/get" "$work/put"

fail() {
  echo "FAILED: $1" >&2
  for file in answer messages; do
    echo "--- $file" >&2
    cat "$work/$file" >&2
  done
  exit 1
}

# call NAME REQUEST ARGUMENT…: runs an executable; sets code, answer (stdout) and messages (stderr).
call() {
  name=$1 request=$2 code=0
  shift 2
  echo "$request" | "$directory/$name" "$@" >"$work/answer" 2>"$work/messages" || code=$?
  answer=$(cat "$work/answer")
  messages=$(cat "$work/messages")
}

# refused: the last call failed cleanly.
refused() {
  [ "$code" = 1 ] && [ -z "$answer" ]
}

# unresolved: the last call failed cleanly, because there is no network.
unresolved() {
  refused || return 1
  case $messages in
    *'the host name does not resolve (ENOTFOUND)'* | *'the host name cannot be resolved at the moment (EAI_AGAIN)'*) ;;
    *) return 1 ;;
  esac
}

call check '{"source": {"region": ["us-gov-west-1"]}}'
refused || fail 'check took a source with a key that does not exist'
case $messages in
  *'did you mean source.regions?'*) echo 'check names a mistake in its source' ;;
  *) fail 'check did not name the mistake in its source' ;;
esac

call check "{\"source\": $source}"
if unresolved; then
  version='{"syncToken": "1", "createDate": "", "digest": "sha256:'
  version=$version'0000000000000000000000000000000000000000000000000000000000000000"}'
  call in "{\"source\": $source, \"version\": $version}" "$work/get"
  unresolved || fail 'check has no network, but in did not say so'
  echo 192.0.2.0/24 >"$work/put/rules.txt"
  call out "{\"source\": $source, \"params\": {\"rules\": \"rules.txt\"}}" "$work/put"
  refused || fail 'out took a put without the directory of a get'
  case $messages in
    *params.ranges*) ;;
    *) fail 'out did not say that params.ranges is missing' ;;
  esac
  echo 'check and in say that there is no network, and out needs none'
  exit 0
fi

[ "$code" = 0 ] || fail 'check failed, and not for want of a network'
case $answer in
  '[{"syncToken":"'*'"}]') echo "check: $answer" ;;
  *) fail 'check did not answer with one version' ;;
esac
version=${answer#\[}
version=${version%\]}

call in "{\"source\": $source, \"version\": $version}" "$work/get"
case $code$answer in
  "0{\"version\":$version,\"metadata\":["*) echo "in: $messages" ;;
  *) fail 'in did not answer with the version that it was asked for' ;;
esac
[ -s "$work/get/manifest.json" ] || fail 'in wrote no manifest.json'

cp "$work/get/cidrs.txt" "$work/put/rules.txt"
mkdir "$work/put/ranges"
cp "$work/get/"* "$work/put/ranges"
call out "{\"source\": $source, \"params\": {\"rules\": \"rules.txt\", \"ranges\": \"ranges\"}}" "$work/put"
case $code$answer in
  "0{\"version\":$version,\"metadata\":["*) echo "out: $messages" ;;
  *) fail 'out did not answer with the version that it verified' ;;
esac

echo 192.0.2.0/24 >"$work/put/rules.txt"
call out "{\"source\": $source, \"params\": {\"rules\": \"rules.txt\", \"ranges\": \"ranges\"}}" "$work/put"
refused || fail 'out passed rules that leave out every range'
echo 'out refuses rules that leave out every range'
