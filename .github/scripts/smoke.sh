#!/usr/bin/env bash
# smoke.sh URL: what a player meets first, from where players are. It places no bet: nobody's money is touched.
set -euo pipefail

url="$1"
answers() { # PATH STATUS [curl's arguments…]
  local path="$1" wanted="$2"
  shift 2
  local status
  status="$(curl --silent --show-error --output /tmp/smoke-body --write-out '%{http_code}' --retry 5 --retry-connrefused \
    --max-time 15 "$@" "$url$path")"
  if [ "$status" != "$wanted" ]; then
    echo "$path answered $status, not $wanted: $(head -c 400 /tmp/smoke-body)" >&2
    return 1
  fi
}

answers /openapi.json 200
answers /games 200
games="$(jq --raw-output '.games[] | select(.state == "Active") | .name' /tmp/smoke-body)"
if [ -z "$games" ]; then
  echo "no game is Active: $(head -c 400 /tmp/smoke-body)" >&2
  exit 1
fi
for game in $games; do
  answers "/games/$game" 200
  # Whoever has no token is refused; a stranger's token is too.
  answers "/games/$game/rounds" 401 --request POST --header 'content-type: application/json' --data '{}'
  answers "/games/$game/rounds" 401 --header 'authorization: Bearer not-a-token'
done
answers /wallet 401
if [[ "$url" == https://* ]]; then
  answers /metrics 403
fi
echo "$(wc -l <<< "$games") games answer at $url"
