#!/usr/bin/env bash
# Installs what of these packages is missing, and configures podman to keep everything in $WORK.
set -euo pipefail
export DEBIAN_FRONTEND=noninteractive

missing=()
for package in ca-certificates debootstrap jq nginx-light openssl podman python3 runc tinyproxy-bin wget; do
  if [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) != installed ]]; then
    missing+=("$package")
  fi
done
apt-get -qq update
if ((${#missing[@]} > 0)); then
  apt-get -qq -o DPkg::Lock::Timeout=120 install --no-install-recommends "${missing[@]}"
fi

# runc with limits of its own, for crun and the machine's limits do not work everywhere.
cat >"$CONTAINERS_CONF" <<CONF
[engine]
runtime = "runc"
events_logger = "none"
lock_type = "file"
tmp_dir = "$WORK/podman/tmp"
volume_path = "$WORK/podman/volumes"
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
CONF
cat >"$CONTAINERS_STORAGE_CONF" <<CONF
[storage]
driver = "overlay"
graphroot = "$WORK/podman/storage"
runroot = "$WORK/podman/run"
CONF
