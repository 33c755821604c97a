#!/bin/sh
# Fails unless this version may be published: newer than what was published last, and with an entry in the changelog.
# Run in a clone of this repository. ci/require-new-version.sh VERSION PUBLISHED
set -eu
newest=$(printf '%s\n' "$1" "$2" | sort -V | tail -n 1)
if [ "$1" = "$2" ] || [ "$newest" != "$1" ]; then
  echo "package.json has $1, but $2 is published already: raise the version first" >&2
  exit 1
fi
if ! grep -qF "## [$1] - " CHANGELOG.md; then
  echo "CHANGELOG.md has no entry for $1" >&2
  exit 1
fi
