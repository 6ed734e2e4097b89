import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { Intercept } from "./gateway/gateway.ts";
import type { Issuer } from "./issuer.ts";

const schema = {
  type: "object",
  required: ["player"],
  additionalProperties: false,
  properties: {
    player: { type: "string", pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" },
    balance: {
      type: "object",
      maxProperties: 16,
      additionalProperties: { type: "string", pattern: "^[0-9]{1,20}(\\.[0-9]{1,18})?$" },
    },
    scope: { enum: ["cashier", "administrator", "cashier administrator"] },
  },
};

interface Session {
  player: string;
  /** What the player is given, by currency. */
  balance?: Record<string, string>;
  /** What the token allows beyond the player's own play. */
  scope?: string;
}

const validate = new Ajv2020({ allErrors: true }).compile<Session>(schema);

export interface DevSessionOptions {
  issuer: Issuer;
  /** The base URL of the wallet, known once the gateway listens. */
  url: () => string;
}

/**
 * POST /dev/session {"player", "balance"?, "scope"?} → {token}. Funds the player as a casino would, with a
 * cashier's token; every amount is added to what the player has. Local platform only.
 */
export function devSession({ issuer, url }: DevSessionOptions): Intercept {
  return async (request, response) => {
    if ((request.url ?? "").split("?", 1)[0] !== "/dev/session") return false;
    if (request.method !== "POST") {
      say(response, 405, { title: "POST {player, balance}" }, { Allow: "POST" });
      return true;
    }
    const session = await read(request);
    if ("problem" in session) {
      say(response, 422, { title: "Invalid session", detail: session.problem });
      return true;
    }
    const failed = await fund(session, issuer, url());
    if (failed) say(response, failed.status, failed.body);
    else say(response, 200, { token: await issuer.sign(session.player, session.scope) });
    return true;
  };
}

async function read(request: IncomingMessage): Promise<Session | { problem: string }> {
  let body: unknown;
  try {
    body = JSON.parse((await buffer(request)).toString("utf8"));
  } catch {
    return {
      problem: 'the body is not JSON; send {"player": "ann", "balance": {"USD": "100.00"}}',
    };
  }
  if (validate(body)) return body;
  const faults = (validate.errors ?? []).map((e) => `${e.instancePath || "/"} ${e.message}`);
  return { problem: faults.join("; ") };
}

async function fund(
  { player, balance = {} }: Session,
  issuer: Issuer,
  url: string,
): Promise<{ status: number; body: unknown } | undefined> {
  const token = await issuer.sign("local-cashier", "cashier");
  for (const [currency, amount] of Object.entries(balance)) {
    if (/^[0.]+$/.test(amount)) continue;
    const answer = await fetch(`${url}/wallet/transfers`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ player, currency, amount, reference: `dev-session-${randomUUID()}` }),
    });
    const body: unknown = await answer.json();
    if (!answer.ok) return { status: answer.status, body };
  }
  return undefined;
}

function say(
  response: ServerResponse,
  status: number,
  body: unknown,
  headers: Record<string, string> = {},
): void {
  const type = status < 400 ? "application/json" : "application/problem+json";
  response.writeHead(status, { "Content-Type": type, "Cache-Control": "no-store", ...headers });
  response.end(
    JSON.stringify(status < 400 ? body : { type: "about:blank", status, ...(body as object) }),
  );
}
