import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { connect, createServer, type TLSSocket } from "node:tls";
import { describe, it } from "mocha";
import { isCurrent, issue, type KeyPair, newAuthority } from "./certificates.ts";

const now = new Date();
const authority = newAuthority("pitboss chains", now);
const server = { name: "agent", dns: ["dev-agent.pitboss-chain.svc", "localhost"] };

/** The name of the client that a server saw, or the error. */
async function shake(serving: KeyPair, client: KeyPair | undefined, ca: string): Promise<string> {
  const options = { ...serving, ca: authority.cert, requestCert: true, rejectUnauthorized: true };
  const listener = createServer(options, (socket) => {
    socket.on("error", () => socket.destroy());
    socket.end(String(socket.getPeerCertificate().subject.CN));
  });
  let refused = "";
  listener.on("tlsClientError", ({ message }) => {
    refused ||= `refused: ${message}`;
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const { port } = listener.address() as AddressInfo;
  const name = "dev-agent.pitboss-chain.svc";
  const socket: TLSSocket = connect({ port, host: "127.0.0.1", servername: name, ca, ...client });
  try {
    let said = "";
    for await (const data of socket) said += data;
    return said || refused;
  } catch (error) {
    return refused || (error as Error).message;
  } finally {
    listener.close();
  }
}

describe("the platform's own certificates", () => {
  const serving = issue(authority, server, now);
  const client = issue(authority, { name: "lobby" }, now);

  it("let a client and a server know each other", async () => {
    assert.equal(await shake(serving, client, authority.cert), "lobby");
  });

  it("are refused where another authority made them, or none", async () => {
    const other = newAuthority("pitboss chains", now);
    assert.match(
      await shake(serving, issue(other, { name: "lobby" }, now), authority.cert),
      /refused/,
    );
    assert.match(await shake(serving, undefined, authority.cert), /refused/);
    assert.match(
      await shake(issue(other, server, now), client, authority.cert),
      /certificate|signature|refused/i,
    );
  });

  it("are not good for the other side of a connection", async () => {
    assert.match(await shake(serving, serving, authority.cert), /refused/);
  });

  it("are kept until a year is left, and for their subject alone", () => {
    const later = (days: number) => new Date(now.getTime() + days * 24 * 3_600_000);
    assert.ok(isCurrent(serving, authority, server, later(300)));
    assert.ok(!isCurrent(serving, authority, server, later(400)));
    assert.ok(!isCurrent(serving, authority, { ...server, dns: ["localhost"] }, now));
    assert.ok(!isCurrent(serving, authority, { ...server, name: "lobby" }, now));
    assert.ok(!isCurrent({ ...serving, key: client.key }, authority, server, now));
    assert.ok(!isCurrent(serving, newAuthority("pitboss chains", now), server, now));
    assert.ok(!isCurrent({ key: "", cert: "" }, authority, server, now));
  });
});
