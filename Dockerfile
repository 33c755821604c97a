# The image of the resource: /opt/resource/check, in and out, and the Node that runs them.
#   builder_image  Node, npm and a shell; the image gets this Node.
#   base_image     glibc and its C++ runtime (libstdc++, libgcc); no Node, no shell and no env are needed.
ARG builder_image=docker.io/library/node:26-bookworm-slim
ARG base_image=docker.io/library/debian:bookworm-slim

FROM ${builder_image} AS builder
USER 0:0
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --include=dev --no-audit --no-fund
COPY tsconfig.json ./
COPY tools tools
COPY src src
RUN npm run build

# What the image adds to its base. The executables name their Node, since a base may have no env to look for one.
RUN set -eu; \
    mkdir -p /rootfs/opt/resource; \
    cp "$(node -p process.execPath)" /rootfs/opt/resource/node; \
    for name in check in out; do \
      sed '1s|^#!.*|#!/opt/resource/node|' "dist/$name" > "/rootfs/opt/resource/$name"; \
      chmod 755 "/rootfs/opt/resource/$name"; \
    done

# The libraries that this Node needs beyond the base's. They go below /usr/lib, for /lib may be a link to there.
RUN set -eu; \
    mkdir -p /rootfs/usr/lib; \
    ldd /rootfs/opt/resource/node > /tmp/libraries; \
    while read -r name arrow path address; do \
      case "$name" in \
        linux-vdso*|*/ld*|libc.so.*|libm.so.*|libdl.so.*|libpthread.so.*|librt.so.*|libresolv.so.*) ;; \
        libstdc++.so.*|libgcc_s.so.*) ;; \
        *) cp -L "$path" "/rootfs/usr/lib/$name" ;; \
      esac; \
    done < /tmp/libraries

FROM ${base_image}
COPY --from=builder /rootfs/ /
# Debian's loader looks into /usr/lib by itself, others into /usr/lib64 only.
ENV LD_LIBRARY_PATH=/usr/lib
# Root, whatever the base says: the volumes that Concourse mounts for a build belong to root, and `in` writes into
# them. As a number, since a base may have no /etc/passwd.
USER 0:0
