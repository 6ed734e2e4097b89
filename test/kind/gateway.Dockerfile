# The project's image with the local platform's edge: a cluster without an ingress controller needs one for the suite.
# hadolint ignore=DL3006
FROM localhost/pitboss:1
WORKDIR /app
COPY local local
COPY test/realnode/gateway.ts test/realnode/
