#!/bin/sh
# What a user would write for check: the version of S3's list, from the request that Concourse sends.
set -eu
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT
url=$(jq -r .source.url)
document=$directory/ip-ranges.json
wget --quiet $WGET_OPTIONS --output-document="$document" "$url"
jq -r '.syncToken, .createDate' "$document" > "$directory/version"
{ read -r token; read -r created; } < "$directory/version"
jq -r '(.prefixes[], .ipv6_prefixes[]) | select('"$CONDITION"') | .ip_prefix // .ipv6_prefix' "$document" |
  sort -u > "$directory/cidrs.txt"
digest=$(sha256sum < "$directory/cidrs.txt")
printf '[{"syncToken":"%s","createDate":"%s","digest":"sha256:%s"}]\n' "$token" "$created" "${digest%% *}"
