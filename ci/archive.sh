#!/bin/sh
# Packs the executables of dist/, for those who run them without the image (docs/recipes/without-image.yml): the same
# bytes whenever and wherever the same dist/ is packed. Run in a clone of this repository after `npm run build`; needs
# GNU tar. Writes aws-ip-ranges-resource-VERSION.tar.gz and its SHA-256 into DIRECTORY.
# ci/archive.sh VERSION DIRECTORY
set -eu
archive=aws-ip-ranges-resource-$1.tar.gz
tar --create --format=ustar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --mode=u=rwX,go=rX \
  --directory=dist --transform="s|^|aws-ip-ranges-resource-$1/|" check in out changes THIRD_PARTY_LICENSES |
  gzip --no-name --best >"$2/$archive"
cd "$2"
sha256sum "$archive" >"$archive.sha256"
