# The same entry as on the real node, on PostgreSQL's own image.
FROM postgres:18-trixie
COPY --chmod=0755 test/realnode/postgres-entry.sh /usr/local/bin/pg-entry
USER 999:999
ENTRYPOINT ["pg-entry"]
