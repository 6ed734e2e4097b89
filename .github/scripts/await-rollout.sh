#!/usr/bin/env bash
# await-rollout.sh IMAGE: waits until Argo CD has brought the image, operator and lobby run it, and every Game is ready.
set -euo pipefail

image="$1"
deadline=$((SECONDS + ${PATIENCE_SECONDS:-1200}))

runs_image() {
  [ "$(kubectl get "deployment/$1" --namespace pitboss --output 'jsonpath={.spec.template.spec.containers[0].image}')" = "$image" ]
}

for name in pitboss-operator pitboss-lobby; do
  until runs_image "$name"; do
    if [ "$SECONDS" -gt "$deadline" ]; then
      echo "$name does not have $image: look at Argo CD's Application pitboss" >&2
      kubectl get applications --namespace argocd >&2 || true
      exit 1
    fi
    sleep 10
  done
  kubectl rollout status "deployment/$name" --namespace pitboss --timeout=600s
done
# The operator rolls the games one after another.
kubectl wait --for=condition=Ready games --all --all-namespaces --timeout=900s
