/** What the tests of runtime and lobby share; nothing else imports it. */
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { createApp } from "./app.ts";
import { authentication } from "./auth.ts";
import { Lifecycle } from "./lifecycle.ts";
import { createLogger } from "./log.ts";
import { createRegistry, httpMetrics } from "./metrics.ts";
import type { Route } from "./route.ts";
import { listen, playersServer } from "./server.ts";

type Algorithm = "RS256" | "ES256" | "EdDSA";

/** Signs tokens as a casino's login does. */
export async function testIssuer(algorithm: Algorithm = "EdDSA") {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = { ...(await exportJWK(publicKey)), alg: algorithm, kid: `test-${algorithm}` };
  const settings = { issuer: "https://login.test", audience: "pitboss" };
  return {
    ...settings,
    jwk,
    privateKey,
    jwks: JSON.stringify({ keys: [jwk] }),
    token(player: string, claims: Record<string, unknown> = {}): Promise<string> {
      return new SignJWT({ sub: player, iss: settings.issuer, aud: settings.audience, ...claims })
        .setProtectedHeader({ alg: algorithm, kid: jwk.kid })
        .setExpirationTime(claims["exp"] === undefined ? "5m" : Number(claims["exp"]))
        .sign(privateKey);
    },
  };
}

export type TestIssuer = Awaited<ReturnType<typeof testIssuer>>;

export interface TestReply {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of every form.
  readonly body: any;
}

export interface TestCall {
  readonly token?: string;
  readonly key?: string;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Record<string, string>;
}

/** One request over HTTP. */
export async function request(
  base: string,
  method: string,
  path: string,
  { token, key, json, raw, headers = {} }: TestCall = {},
): Promise<TestReply> {
  const body = raw ?? (json === undefined ? null : JSON.stringify(json));
  const response = await fetch(base + path, {
    method,
    body,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(key === undefined ? {} : { "idempotency-key": key }),
      ...(body === null ? {} : { "content-type": "application/json" }),
      ...headers,
    },
  });
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.includes("json") && text !== "";
  const { status } = response;
  return { status, headers: response.headers, text, body: isJson ? JSON.parse(text) : undefined };
}

/** Where a server listens. */
export function addressOf(server: Server): string {
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** Routes behind real HTTP, with all of the middleware. */
export async function testApp(
  routes: readonly Route[],
  issuer: TestIssuer,
  more: { inFlightMax?: number } = {},
) {
  const lines: string[] = [];
  const registry = createRegistry("test");
  const lifecycle = new Lifecycle();
  const app = createApp({
    routes,
    authenticate: authentication({
      keys: { inline: issuer.jwks },
      issuer: issuer.issuer,
      audience: issuer.audience,
      keysAway: () => undefined,
    }),
    lifecycle,
    log: createLogger("debug", {}, { write: (line) => lines.push(line) }),
    metrics: httpMetrics(registry),
    ...more,
  });
  const server = playersServer(app.callback());
  await listen(server, 0);
  const url = addressOf(server);
  return {
    url,
    server,
    registry,
    lifecycle,
    log: lines,
    call: (method: string, path: string, options?: TestCall) => request(url, method, path, options),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
