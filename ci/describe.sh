#!/bin/sh
# Describes a release for those who publish it. Run in a clone of this repository; writes into DIRECTORY:
#   version     the version in package.json
#   build-args  what the labels of the image say, as the Dockerfile takes it
#   notes       this version's entry in CHANGELOG.md
# ci/describe.sh REVISION DIRECTORY
set -eu
version=$(sed -n 's/^  "version": "\(.*\)",$/\1/p' package.json)
echo "$version" >"$2/version"
printf 'version=%s\nrevision=%s\n' "$version" "$1" >"$2/build-args"
awk -v heading="## [$version] - " 'index($0, "## ") == 1 { inside = index($0, heading) == 1; next } inside' \
  CHANGELOG.md >"$2/notes"
