#!/bin/sh
# check.sh as short as it gets: the document is piped through jq once, and the URL is built in.
set -eu
wget --quiet $WGET_OPTIONS --output-document=- "$URL" |
  jq -r '.syncToken, .createDate,
    ((.prefixes[], .ipv6_prefixes[]) | select('"$CONDITION"') | .ip_prefix // .ipv6_prefix)' |
  {
    read -r token
    read -r created
    digest=$(sort -u | sha256sum)
    printf '[{"syncToken":"%s","createDate":"%s","digest":"sha256:%s"}]\n' "$token" "$created" "${digest%% *}"
  }
