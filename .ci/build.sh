#!/usr/bin/env bash
# Builds the image on both bases, and measures what it adds to a base.
#   localhost/on-libraries, localhost/on-debian  the images
#   $WORK/size                                   a line for people
set -euo pipefail
limit=55000000

# build IMAGE BASE: the machine's certificates and its registry are what npm may need in there.
build() {
  podman build --pull=never --network host --tag "$1" \
    --build-arg builder_image=localhost/builder --build-arg base_image="$2" \
    --build-arg version="$(node -p 'require("./package.json").version')" \
    --build-arg revision="$(git rev-parse HEAD)" \
    --volume /etc/ssl/certs:/etc/ssl/certs:ro --volume "$WORK/npmrc:/root/.npmrc:ro" .
}

layers() {
  podman image inspect --format '{{range .RootFS.Layers}}{{println .}}{{end}}' "$1"
}

echo "registry=$(npm config get registry)" >"$WORK/npmrc"
build localhost/on-libraries localhost/libraries
build localhost/on-debian localhost/debian

podman save --quiet --format docker-archive --output "$WORK/image.tar" localhost/on-libraries
unpacked=0
compressed=0
for layer in $(comm -13 <(layers localhost/libraries | sort) <(layers localhost/on-libraries | sort)); do
  file=${layer#sha256:}.tar
  unpacked=$((unpacked + $(tar -xOf "$WORK/image.tar" "$file" | wc -c)))
  compressed=$((compressed + $(tar -xOf "$WORK/image.tar" "$file" | gzip -6 | wc -c)))
done
awk -v unpacked="$unpacked" -v compressed="$compressed" 'BEGIN {
  printf "the image adds %.1f MiB to its base, %.1f MiB compressed\n", unpacked / 2^20, compressed / 2^20
}' | tee "$WORK/size"
if ((compressed == 0 || compressed > limit)); then
  echo "compressed it may add up to $limit bytes"
  exit 1
fi
