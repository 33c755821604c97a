#!/bin/sh
# The best script that a user would write instead: the document is piped through jq once, for S3 in us-gov-west-1.
# one-pass.sh URL is check; one-pass.sh URL DIRECTORY is in, which keeps the document too. Reads Concourse's request from stdin.
set -eu
select='(.prefixes[], .ipv6_prefixes[]) | select(.service == "S3" and .region == "us-gov-west-1") | .ip_prefix // .ipv6_prefix'
if [ $# = 1 ]; then
  wget --quiet --output-document=- "$1" | jq -r ".syncToken, .createDate, ($select)" | {
    read -r token
    read -r created
    digest=$(sort -u | sha256sum)
    printf '[{"syncToken":"%s","createDate":"%s","digest":"sha256:%s"}]\n' "$token" "$created" "${digest%% *}"
  }
else
  version=$(sed 's/.*"version": *\({[^}]*}\).*/\1/')
  wget --quiet --output-document=- "$1" | tee "$2/ip-ranges.json" | jq -r "$select" | sort -u >"$2/cidrs.txt"
  grep -v : "$2/cidrs.txt" >"$2/ipv4.txt"
  grep : "$2/cidrs.txt" >"$2/ipv6.txt" || true
  printf '{"version":%s}\n' "$version"
fi
