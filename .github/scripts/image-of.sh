#!/usr/bin/env bash
# image-of.sh ENVIRONMENT: the image that its overlay names.
set -euo pipefail
cd "$(dirname "$0")/../.."

file="manifests/overlays/$1/kustomization.yaml"
image="$(sed -nE 's/^  - \{ name: pitboss, newName: ([^ ,]+), digest: (sha256:[0-9a-f]{64}) \}$/\1@\2/p' "$file")"
if [ -z "$image" ]; then
  echo "$file names no image by its digest" >&2
  exit 1
fi
echo "$image"
