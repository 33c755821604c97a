# The image of the resource: /opt/resource/check, in, out and changes, and the Node that runs them.
#   builder_image  Node, npm and a shell; the image gets this Node.
#   base_image     glibc and its C++ runtime (libstdc++, libgcc); no Node, no shell and no env are needed.
ARG builder_image=docker.io/library/node:26-bookworm-slim
ARG base_image=docker.io/library/debian:bookworm-slim

FROM ${builder_image} AS builder
USER 0:0
WORKDIR /src
COPY package.json package-lock.json ./
RUN npm ci --include=dev --no-audit --no-fund
COPY tsconfig.json LICENSE ./
COPY tools tools
COPY src src
RUN npm run build && npm run --silent sbom > sbom.cdx.json

# Compiled here, for a run would compile the same code again. The executables' first line names their Node, since a base
# may have no env to look for one.
RUN set -eu; \
    mkdir -p /opt/resource; \
    cp "$(node -p process.execPath)" /opt/resource/node; \
    node --import=tsx tools/install.ts /opt/resource /opt/resource/node

# What the image adds to its base. Libraries that this Node needs beyond the base's go below /usr/lib, for /lib may be a
# link to there.
RUN set -eu; \
    documents=/rootfs/usr/share/doc/aws-ip-ranges-resource; \
    mkdir -p /rootfs/opt /rootfs/usr/lib "$documents"; \
    cp LICENSE sbom.cdx.json dist/THIRD_PARTY_LICENSES "$documents"; \
    cp "$(dirname "$(dirname "$(node -p process.execPath)")")/LICENSE" "$documents/NODE_LICENSE"; \
    ldd /opt/resource/node > /tmp/libraries; \
    while read -r name arrow path address; do \
      case "$name" in \
        linux-vdso*|*/ld*|libc.so.*|libm.so.*|libdl.so.*|libpthread.so.*|librt.so.*|libresolv.so.*) ;; \
        libstdc++.so.*|libgcc_s.so.*) ;; \
        *) cp -L "$path" "/rootfs/usr/lib/$name" ;; \
      esac; \
    done < /tmp/libraries; \
    chmod -R a+rX /opt/resource; \
    mv /opt/resource /rootfs/opt

FROM ${base_image}
COPY --from=builder /rootfs/ /
# Debian's loader looks into /usr/lib by itself, others into /usr/lib64 only.
ENV LD_LIBRARY_PATH=/usr/lib
# Root, whatever the base says: the volumes that Concourse mounts for a build belong to root, and `in` writes into
# them. As a number, since a base may have no /etc/passwd.
USER 0:0

ARG version=unknown
ARG revision=unknown
LABEL org.opencontainers.image.title="aws-ip-ranges-resource" \
      org.opencontainers.image.description="Concourse resource type for the address ranges that AWS publishes" \
      org.opencontainers.image.licenses="Apache-2.0 AND BSD-2-Clause AND ISC AND MIT" \
      org.opencontainers.image.version="${version}" \
      org.opencontainers.image.revision="${revision}"
