#!/bin/sh
# What a user would write for in: S3's list by family, from the request that Concourse sends.
set -eu
request=$(cat)
url=$(printf '%s' "$request" | jq -r .source.url)
document=$1/ip-ranges.json
wget --quiet $WGET_OPTIONS --output-document="$document" "$url"
jq -r '.prefixes[] | select('"$CONDITION"') | .ip_prefix' "$document" | sort -u > "$1/ipv4.txt"
jq -r '.ipv6_prefixes[] | select('"$CONDITION"') | .ipv6_prefix' "$document" | sort -u > "$1/ipv6.txt"
printf '%s' "$request" | jq -c '{version}'
