#!/usr/bin/env bash
# Makes the images that the Dockerfile starts from, out of Debian's packages, since none need be in reach of a pull:
#   localhost/libraries  glibc and its C++ runtime alone, with a user other than root, as a hardened base would be
#   localhost/debian     a minimal Debian
#   localhost/builder    the same with npm and the Node of the Dockerfile's default
set -euo pipefail

# unpack ROOT PACKAGE…: the files of Debian packages, without the packages that they depend on.
unpack() {
  local root=$1 archives
  shift
  archives=$(mktemp -d -p "$WORK")
  (cd "$archives" && apt-get -qq -o APT::Sandbox::User=root download "$@")
  for archive in "$archives"/*.deb; do
    dpkg-deb --fsys-tarfile "$archive" | tar -x -C "$root" --keep-directory-symlink
  done
}

# pack ROOT NAME OPTION…: an image with the files below ROOT.
pack() {
  local root=$1 name=$2
  shift 2
  tar -C "$root" --numeric-owner -c . | podman import --quiet "$@" - "$name"
}

libraries=$WORK/libraries
mkdir -p "$libraries"/usr/{lib,lib64}
ln -s usr/lib usr/lib64 "$libraries"
unpack "$libraries" libc6 libstdc++6 libgcc-s1
pack "$libraries" localhost/libraries --change 'USER 65532:65532'

debian=$WORK/debian
release=$(. /etc/os-release && echo "$VERSION_CODENAME")
mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' "Codename: $release" 'Component: main' |
  sed -n 1p)
debootstrap --variant=minbase "$release" "$debian" "$mirror"
pack "$debian" localhost/debian

node=$WORK/node
major=$(sed -n 's/^ARG builder_image=.*node:\([0-9]*\).*/\1/p' Dockerfile)
npm install --prefix "$node" --ignore-scripts --no-audit --no-fund \
  "node-linux-$(node -p process.arch)@$major" npm@11
cp "$node"/node_modules/node-linux-*/bin/node "$debian/usr/local/bin"
cp "$node"/node_modules/node-linux-*/LICENSE "$debian/usr/local"
mkdir -p "$debian/usr/local/lib/node_modules"
cp -r "$node/node_modules/npm" "$debian/usr/local/lib/node_modules"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$debian/usr/local/bin/npm"
unpack "$debian" libatomic1
pack "$debian" localhost/builder --change 'ENV NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt'
