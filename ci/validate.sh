#!/bin/sh
# Validates the image from inside, with a network or without: in and out run for real on a version that holds its list. check
# must find a version; where its host name does not resolve it must say so cleanly: exit code 1, and an empty stdout.
# Needs a shell in the image, and mktemp, mkdir, cat, cp and rm. Takes no arguments, but variables:
#   DIRECTORY  of check, in and out; /opt/resource unless it is set
#   URL        of the document; AWS's unless it is set
set -eu

directory=${DIRECTORY:-/opt/resource}
source="{\"regions\": [\"us-gov-west-1\"], \"ip_versions\": [4], \"timeout\": \"20s\"${URL:+, \"url\": \"$URL\"}}"
version='{"syncToken":"1724938990","createDate":"2024-08-29-13-43-10","digest":"sha256:'
version=$version'bbfc292eb6fe13a0f26b385d81a905f696beac11e31d00231675a50beb38e777","selection":"S3, us-gov-west-1, IPv4",'
version=$version'"cidrs":"15.200.28.240/28 15.200.176.128/28 108.175.48.0/22 108.175.56.0/22 136.18.0.0/23"}'
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
trap 'exit 130' INT TERM
mkdir "$work/ranges"

fail() {
  printf 'FAILED: %s\n--- stdout\n%s\n--- stderr\n%s\n' "$1" "$answer" "$messages" >&2
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

# expect CODE ANSWER MESSAGE COMPLAINT: fails unless the last call ended with this code, stdout begins so, and stderr says this.
expect() {
  case "$code|$answer" in "$1|$2"*) ;; *) fail "$4" ;; esac
  case $messages in *"$3"*) ;; *) fail "$4" ;; esac
}

call check '{"source": {"region": ["us-gov-west-1"]}}'
expect 1 '' 'did you mean source.regions?' 'check did not name a mistake in its source'
[ -z "$answer" ] || fail 'check failed, but wrote on stdout'

call check "{\"source\": $source}"
case "$code|$answer|$messages" in
  '0|[{"syncToken":"'*) echo "check: $answer" ;;
  '1||'*'(ENOTFOUND)'* | '1||'*'(EAI_AGAIN)'*) echo 'check says that there is no network' ;;
  *) fail 'check found no version, and not for want of a network' ;;
esac

call in "{\"source\": $source, \"version\": $version}" "$work/ranges"
expect 0 "{\"version\":$version,\"metadata\":[" 'which the version holds' 'in did not serve the list that its version holds'
[ -s "$work/ranges/manifest.json" ] || fail 'in wrote no manifest.json'
echo "in: $messages"

put="{\"source\": $source, \"params\": {\"rules\": \"rules.txt\", \"ranges\": \"ranges\"}}"
cp "$work/ranges/cidrs.txt" "$work/rules.txt"
call out "$put" "$work"
expect 0 '{"version":{"syncToken":"1724938990"' '5 of 5 published CIDRs' 'out did not pass rules that cover the list'
echo "out: $messages"

echo 192.0.2.0/24 >"$work/rules.txt"
call out "$put" "$work"
expect 1 '' 'leaves out 5 of 5 published CIDRs' 'out did not refuse rules that leave out every range'
[ -z "$answer" ] || fail 'out failed, but wrote on stdout'
echo 'out refuses rules that leave out every range'
