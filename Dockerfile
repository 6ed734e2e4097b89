# The one image: operator, lobby, chain agent and every game (docs/decisions/0004-one-image.md). The pod's command says
# which. There is no build step: it holds the sources as they are, and the production dependencies.
#
# What is copied is named here and in .dockerignore, nowhere else: test/realnode and test/platform read these two files.

# Renovate and Dependabot move the tag and the digest together; it is an index of amd64 and arm64.
FROM node:24.21.0-trixie-slim@sha256:8ec5d7557396cfe32d21c3f9c13072355ceab22b584578ca4bb28af31120cffe AS base
WORKDIR /app
ENV NODE_ENV=production

FROM base AS dependencies
COPY package.json package-lock.json ./
# The optional packages are a Node for machines that have none, and a test chain. What Node never loads goes again: types,
# TypeScript (which it refuses in packages), maps and manuals are more than half. Licences stay.
RUN npm ci --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund --loglevel=error \
    && find node_modules -type f -regex '.*\.\([cm]?ts\|map\|md\)' ! -iname '*licen[sc]e*' -delete
# What is in it, for who must know (CycloneDX). npm lists it wrongly while package.json names packages that are not there.
RUN npm pkg delete devDependencies optionalDependencies \
    && npm sbom --sbom-format=cyclonedx --loglevel=error > sbom.cdx.json

FROM base AS app
# No package manager: nothing is installed in a running container.
RUN rm -rf /usr/local/lib/node_modules /usr/local/bin/npm /usr/local/bin/npx /usr/local/bin/corepack /opt/yarn* /usr/local/bin/yarn*
COPY --from=dependencies /app/node_modules node_modules
COPY --from=dependencies /app/package.json /app/sbom.cdx.json ./
COPY LICENSE ./
COPY games games
COPY crds crds
COPY runtime runtime
COPY lobby lobby
COPY chain-agent chain-agent
COPY operator operator

# Started without settings, a process loads all that it has, names the settings that it lacks, and ends. So a file that
# is missing here fails the build, and what was compiled stays: half of each start, and a fifth of the memory. A cache
# serves the user that made it. The operator comes first: it has V8 compile for size, and the others share its files.
FROM app AS warm
RUN install --directory --owner=1000 node_modules/.cache/compile
USER 1000
ENV NODE_COMPILE_CACHE=/app/node_modules/.cache/compile
RUN for process in operator chain-agent lobby runtime; do \
      said="$(node "$process/main.ts" 2>&1)" || true; \
      case "$said" in *"is missing"*) ;; *) echo "$said"; exit 1 ;; esac; \
    done

FROM app
# Node lets nobody else read it.
COPY --from=warm --chown=1000:1000 /app/node_modules/.cache node_modules/.cache
ENV NODE_COMPILE_CACHE=/app/node_modules/.cache/compile
ARG VERSION=unknown
ARG REVISION=unknown
LABEL org.opencontainers.image.title="Pitboss" \
      org.opencontainers.image.description="Operator, lobby, chain agent and games of the Pitboss casino platform" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
# By number: Kubernetes can tell that it is not root.
USER 1000:1000
# Node is process 1 and hears the signals itself; each program stops in order at SIGTERM.
STOPSIGNAL SIGTERM
ENTRYPOINT ["node"]
CMD ["runtime/main.ts"]
