#!/usr/bin/env bash
# set-image.sh ENVIRONMENT REPOSITORY@sha256:DIGEST: what Argo CD is to run there, in its overlay.
set -euo pipefail
cd "$(dirname "$0")/../.."

environment="$1"
image="$2"
file="manifests/overlays/$environment/kustomization.yaml"
if ! [[ "$image" =~ ^([a-z0-9][a-z0-9./-]*)@(sha256:[0-9a-f]{64})$ ]]; then
  echo "an image by its digest, not $image" >&2
  exit 2
fi
line="  - { name: pitboss, newName: ${BASH_REMATCH[1]}, digest: ${BASH_REMATCH[2]} }"
if [ "$(grep -c '^  - { name: pitboss, ' "$file")" != 1 ]; then
  echo "$file has no line of the image to replace" >&2
  exit 1
fi
# Not sed -i, which macOS and Linux spell differently.
replaced="$(sed "s#^  - { name: pitboss, .*#$line#" "$file")"
printf '%s\n' "$replaced" > "$file"
