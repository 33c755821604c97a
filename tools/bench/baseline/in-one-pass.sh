#!/bin/sh
# in.sh as short as it gets: the document is piped through jq once and not kept, and the URL is built in.
set -eu
version=$(sed 's/.*"version": *\({[^}]*}\).*/\1/')
wget --quiet $WGET_OPTIONS --output-document=- "$URL" |
  jq -r '(.prefixes[], .ipv6_prefixes[]) | select('"$CONDITION"') | .ip_prefix // .ipv6_prefix' |
  sort -u > "$1/cidrs.txt"
grep -v : "$1/cidrs.txt" > "$1/ipv4.txt"
grep : "$1/cidrs.txt" > "$1/ipv6.txt"
printf '{"version":%s}\n' "$version"
