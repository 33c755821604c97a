#!/bin/sh
# in-one-pass.sh for a job that needs the document too: it is kept on its way to jq.
set -eu
version=$(sed 's/.*"version": *\({[^}]*}\).*/\1/')
wget --quiet $WGET_OPTIONS --output-document=- "$URL" |
  tee "$1/ip-ranges.json" |
  jq -r '(.prefixes[], .ipv6_prefixes[]) | select('"$CONDITION"') | .ip_prefix // .ipv6_prefix' |
  sort -u > "$1/cidrs.txt"
grep -v : "$1/cidrs.txt" > "$1/ipv4.txt"
grep : "$1/cidrs.txt" > "$1/ipv6.txt"
printf '{"version":%s}\n' "$version"
