import { join } from "node:path";
import { type Postgres, startPostgres } from "../../local/postgres.ts";
import { stopAtTheEnd, testFolder } from "./session.ts";

let server: Promise<Postgres> | undefined;

/** One PostgreSQL for all tests of this mocha process, started when it is first asked for. */
export function testServer(): Promise<Postgres> {
  server ??= start();
  return server;
}

async function start(): Promise<Postgres> {
  const { path, records } = await testFolder();
  const started = await startPostgres({
    directory: join(path, "postgres"),
    durable: false,
    records,
    settings: { max_connections: "300" },
  });
  stopAtTheEnd(started.stop);
  return started;
}
