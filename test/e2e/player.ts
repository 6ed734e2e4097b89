import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Platform } from "./platform.ts";

/** A round as `api.md` gives it, as far as the suite reads it. */
export interface Round {
  id: string;
  game: string;
  revision: string;
  state: string;
  version: number;
  stake: string;
  payout: string | null;
  outcome: Record<string, unknown>;
  legalActions: { type: string }[];
  fairness: { serverSeedHash: string; clientSeed: string; nonce: number };
}

export interface Reply<T = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: T;
}

/** A player with a token and money, who speaks HTTP and nothing else. */
export class Player {
  readonly name: string;
  readonly #url: string;
  readonly #token: string;

  private constructor(name: string, url: string, token: string) {
    this.name = name;
    this.#url = url;
    this.#token = token;
  }

  /** Whoever calls with this name and scope, without money. */
  static async caller(platform: Platform, name: string, scope: string): Promise<Player> {
    return new Player(name, platform.url, await platform.token(name, scope));
  }

  static async arrive(platform: Platform, balance = "1000.00", currency = "USD"): Promise<Player> {
    const name = `player-${randomUUID().slice(0, 8)}`;
    const cashier = await Player.caller(platform, "cashier", "cashier");
    const funded = await cashier.call("POST", "/wallet/transfers", {
      body: { player: name, currency, amount: balance, reference: randomUUID() },
    });
    if (funded.status >= 300) throw new Error(`funding ${name}: ${JSON.stringify(funded.body)}`);
    return new Player(name, platform.url, await platform.token(name));
  }

  /** One call; throws only where no HTTP answer came at all. */
  async call<T = Record<string, unknown>>(
    method: string,
    path: string,
    options: { body?: unknown; key?: string } = {},
  ): Promise<Reply<T>> {
    const headers: Record<string, string> = { authorization: `Bearer ${this.#token}` };
    if (options.body !== undefined) headers["content-type"] = "application/json";
    if (options.key) headers["idempotency-key"] = options.key;
    const response = await fetch(this.#url + path, {
      method,
      headers,
      body: options.body === undefined ? null : JSON.stringify(options.body),
      signal: AbortSignal.timeout(30_000),
    });
    const text = await response.text();
    return {
      status: response.status,
      headers: response.headers,
      body: (text ? JSON.parse(text) : {}) as T,
    };
  }

  async bet(game: string, body: unknown, key: string = randomUUID()): Promise<Reply<Round>> {
    return await this.call<Round>("POST", `/games/${game}/rounds`, { body, key });
  }

  async act(game: string, round: Round, action: unknown): Promise<Reply<Round>> {
    return await this.call<Round>("POST", `/games/${game}/rounds/${round.id}/actions`, {
      body: { version: round.version, action },
      key: randomUUID(),
    });
  }

  /** Bets as a careful client does: the same key until an answer that settles the matter comes. */
  async betUntilAnswered(game: string, body: unknown, seconds = 60): Promise<Reply<Round>> {
    const key = randomUUID();
    const deadline = Date.now() + seconds * 1000;
    for (;;) {
      const reply = await this.bet(game, body, key).catch(() => undefined);
      if (reply && reply.status < 500) return reply;
      if (Date.now() > deadline) throw new Error(`no answer to ${key} within ${seconds} s`);
      await sleep(100);
    }
  }

  async balance(currency = "USD"): Promise<string> {
    const wallet = await this.call<{ balances: { currency: string; balance: string }[] }>(
      "GET",
      "/wallet",
    );
    return wallet.body.balances.find((entry) => entry.currency === currency)?.balance ?? "0.00";
  }
}
