#!/bin/sh
# Makes the cluster at the first start, then becomes the server.
set -e
if [ ! -f /data/pg/PG_VERSION ]; then
  printf %s "$POSTGRES_PASSWORD" > /tmp/password
  initdb -D /data/pg -U postgres --pwfile=/tmp/password -A scram-sha-256 -E UTF8 --locale=C
  rm /tmp/password
  echo "host all all all scram-sha-256" >> /data/pg/pg_hba.conf
fi
exec postgres -D /data/pg -c listen_addresses='*' -c unix_socket_directories=/tmp -c max_connections=400
