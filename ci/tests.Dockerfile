# Runs the test suite where nothing but an image can be built. Unlike the image's own build this one gets all files:
# tests.Dockerfile.dockerignore is in force.
ARG builder_image=docker.io/library/node:26-bookworm-slim

FROM ${builder_image}
USER 0:0
WORKDIR /aws-ip-ranges-resource
COPY . .
RUN npm test
