#!/usr/bin/env bash
# Removes $WORK with the containers and images in it.
set -euo pipefail

if [[ -e $CONTAINERS_STORAGE_CONF ]]; then
  podman rm --all --force --time 0 >/dev/null
fi
# What an interrupted step left mounted, the innermost first. Nothing is deleted through a mount.
awk -v work="$WORK/" 'index($2, work) == 1 { print $2 }' /proc/mounts | tac | while read -r path; do
  umount "$path"
done
rm -rf --one-file-system "$WORK"
