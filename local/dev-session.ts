import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { buffer } from "node:stream/consumers";
import { Ajv2020 } from "ajv/dist/2020.js";
import { PLAYER_PATTERN } from "../runtime/auth.ts";
import type { Refusal } from "../runtime/errors.ts";
import { type Problem, problemOf } from "../runtime/problem.ts";
import type { Intercept } from "./gateway/gateway.ts";
import type { Issuer } from "./issuer.ts";

const schema = {
  type: "object",
  required: ["player"],
  additionalProperties: false,
  properties: {
    player: { type: "string", pattern: PLAYER_PATTERN },
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
      refuse(response, { refused: "method_not_allowed" }, { Allow: "POST" });
      return true;
    }
    const session = await read(request);
    if ("refused" in session) {
      refuse(response, session);
      return true;
    }
    const failed = await fund(session, issuer, url());
    if (failed) refuse(response, failed);
    else say(response, 200, { token: await issuer.sign(session.player, session.scope) });
    return true;
  };
}

async function read(request: IncomingMessage): Promise<Session | Refusal> {
  let body: unknown;
  try {
    body = JSON.parse((await buffer(request)).toString("utf8"));
  } catch {
    const detail = 'the body is not JSON; send {"player": "ann", "balance": {"USD": "100.00"}}';
    return { refused: "malformed", detail };
  }
  if (validate(body)) return body;
  const faults = (validate.errors ?? []).map((e) => `${e.instancePath || "the body"} ${e.message}`);
  const pointer = validate.errors?.[0]?.instancePath ?? "";
  return { refused: "invalid_request", pointer, detail: faults.join("; ") };
}

async function fund(
  { player, balance = {} }: Session,
  issuer: Issuer,
  url: string,
): Promise<Refusal | undefined> {
  const token = await issuer.sign("local-cashier", "cashier");
  for (const [currency, amount] of Object.entries(balance)) {
    if (/^[0.]+$/.test(amount)) continue;
    const answer = await fetch(`${url}/wallet/transfers`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ player, currency, amount, reference: `dev-session-${randomUUID()}` }),
    });
    if (answer.ok) continue;
    const { code, detail } = (await answer.json()) as Problem;
    const place = code === "invalid_request" ? { pointer: `/balance/${currency}` } : {};
    return { refused: code as Refusal["refused"], detail, ...place };
  }
  return undefined;
}

function refuse(
  response: ServerResponse,
  refusal: Refusal,
  more: Record<string, string> = {},
): void {
  const { status, headers, body } = problemOf(refusal);
  const type = { "Content-Type": "application/problem+json" };
  response.writeHead(status, { ...headers, ...type, ...more }).end(JSON.stringify(body));
}

function say(response: ServerResponse, status: number, body: unknown): void {
  const headers = { "Content-Type": "application/json", "Cache-Control": "no-store" };
  response.writeHead(status, headers).end(JSON.stringify(body));
}
