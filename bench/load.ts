import { randomUUID } from "node:crypto";
import { connect } from "node:net";

/** What many players over kept-alive connections saw. */
export interface Load {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers by status. */
  readonly statuses: Record<string, number>;
}

interface Player {
  token: string;
}

interface Tally {
  statuses: Record<string, number>;
  times: number[];
}

// Bytes are written and counted by hand: a full HTTP client would cost more than the server measured.
function requestText(host: string, path: string, token: string): string {
  const body = '{"stake":"1.00","currency":"USD","bet":{"side":"heads"}}';
  return (
    `POST ${path} HTTP/1.1\r\nHost: ${host}\r\nAuthorization: Bearer ${token}\r\n` +
    `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n` +
    `Idempotency-Key: KEY\r\n\r\n${body}`
  );
}

/** Each player bets on a connection of its own, one round after the other, until the time is over. */
export async function load(
  url: string,
  path: string,
  players: Player[],
  seconds: number,
): Promise<Load> {
  const { hostname, port } = new URL(url);
  const tally: Tally = { statuses: {}, times: [] };
  const begun = performance.now();
  const end = begun + seconds * 1000;
  await Promise.all(
    players.map(({ token }) =>
      play(hostname, Number(port), requestText(hostname, path, token), end, tally),
    ),
  );
  const elapsed = (performance.now() - begun) / 1000;
  const sorted = tally.times.toSorted((a, b) => a - b);
  const quantile = (q: number) => sorted[Math.floor(sorted.length * q)] ?? Number.NaN;
  return {
    perSecond: (tally.statuses["201"] ?? 0) / elapsed,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    statuses: tally.statuses,
  };
}

function play(host: string, port: number, text: string, end: number, tally: Tally): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    let sent = 0;
    let pending = "";
    const send = () => {
      sent = performance.now();
      socket.write(text.replace("KEY", randomUUID()));
    };
    socket.setEncoding("latin1");
    socket.on("connect", send);
    socket.on("error", reject);
    socket.on("data", (chunk) => {
      pending += chunk;
      const head = pending.indexOf("\r\n\r\n");
      if (head < 0) return;
      const length = Number(/content-length: (\d+)/i.exec(pending)?.[1] ?? 0);
      if (pending.length < head + 4 + length) return;
      const status = pending.slice(9, 12);
      tally.statuses[status] = (tally.statuses[status] ?? 0) + 1;
      tally.times.push(performance.now() - sent);
      pending = "";
      if (performance.now() < end) return send();
      socket.end();
      resolve();
    });
  });
}
