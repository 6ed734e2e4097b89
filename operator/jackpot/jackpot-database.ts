import { createHash } from "node:crypto";
import type { Jackpot } from "../../crds/generated/jackpot.ts";
import { DatabaseAway } from "../database/failure.ts";
import {
  type Decommission,
  decommissionJackpot,
  type JackpotFigures,
  jackpotFigures,
  saveJackpot,
} from "../database/jackpots.ts";
import type { Link, PlatformDatabase } from "../platform/platform-database.ts";
import { termsText } from "./describe.ts";
import type { DatabaseState, Finding, Verdict } from "./observe.ts";

export interface StepInput {
  readonly jackpot: Jackpot;
  readonly verdict: Verdict;
  /** Called before anything is made outside the cluster. */
  readonly guard: () => Promise<void>;
}

/**
 * The rows of each Jackpot. What was saved is remembered, so that a settled Jackpot costs no query, and
 * what its pool holds is as it was read last.
 */
export class JackpotDatabase {
  readonly #platform: PlatformDatabase;
  readonly #saved = new Map<string, string>();
  #figures: ReadonlyMap<string, JackpotFigures> = new Map();
  readonly #listeners: ((key: string) => void)[] = [];

  constructor(platform: PlatformDatabase) {
    this.#platform = platform;
  }

  /** Called with `namespace/name` where a jackpot has come, gone, or has other terms in force. */
  onTerms(listener: (key: string) => void): void {
    this.#listeners.push(listener);
  }

  /** What the jackpot `namespace/name` holds, as it was read last. */
  figures(key: string): JackpotFigures | undefined {
    return this.#figures.get(key);
  }

  forget(key: string): void {
    this.#saved.delete(key);
  }

  /** Reads what all of them hold. Answers whether it could. */
  async refresh(): Promise<boolean> {
    const read = await this.#use(({ db }) => jackpotFigures(db));
    if ("failed" in read) return false;
    this.#take(new Map(read.ok.map((one) => [`${one.namespace}/${one.name}`, one])));
    return true;
  }

  /** Brings the jackpot's terms in line with the spec. Expected failures are findings. */
  async step({ jackpot, verdict, guard }: StepInput): Promise<DatabaseState | undefined> {
    const current = this.#platform.current();
    if ("failed" in current) return current;
    if ("refused" in verdict) return undefined;
    const { namespace, name } = jackpot.metadata;
    const key = `${namespace}/${name}`;
    const wish = wishOf(jackpot, verdict.terms, current.link);
    if (this.#saved.get(key) === wish && this.#figures.has(key)) return { saved: true };
    await guard();
    const saved = await this.#use((link) => this.#save(jackpot, verdict, link));
    if ("failed" in saved) return saved;
    if ("failed" in saved.ok) return saved.ok;
    this.#saved.set(key, wish);
    return saved.ok;
  }

  /** Goes on decommissioning; the finding is what it waits for, and absent once it is done. */
  async leave(jackpot: Jackpot): Promise<Finding | undefined> {
    const left = await this.#use(({ db }) => decommission(jackpot, db));
    if ("failed" in left) return left.failed;
    const held = heldBy(jackpot, left.ok, this.figures(keyOf(jackpot)));
    if (!held) await this.refresh();
    return held;
  }

  async #save(
    jackpot: Jackpot,
    { terms }: Extract<Verdict, { terms: unknown }>,
    link: Link,
  ): Promise<DatabaseState> {
    const { namespace, name, uid } = jackpot.metadata;
    const { currency, digits } = terms;
    const wish = { namespace, name, uid, currency, digits, terms: termsText(terms) };
    const saved = await saveJackpot(link.db, wish);
    if (saved === "currency_fixed") {
      const earlier = this.figures(keyOf(jackpot))?.currency ?? "another currency";
      const message = `an earlier Jackpot ${name} left money of ${earlier} here. Create this one with ${earlier}, or under another name`;
      return { failed: { reason: "CurrencyFixed", message } };
    }
    if (saved === "closing") {
      const held = heldBy(jackpot, await decommission(jackpot, link.db), undefined);
      if (held) return { failed: { reason: "EarlierClosing", message: held.message } };
      return this.#save(jackpot, { terms }, link);
    }
    const [figures] = await jackpotFigures(link.db, { namespace, name });
    if (figures) this.#take(new Map([...this.#figures, [keyOf(jackpot), figures]]));
    return { saved: true };
  }

  #take(figures: ReadonlyMap<string, JackpotFigures>): void {
    const before = this.#figures;
    this.#figures = figures;
    for (const key of new Set([...before.keys(), ...figures.keys()])) {
      const [old, now] = [before.get(key), figures.get(key)].map((one) =>
        JSON.stringify([one?.id, one?.terms]),
      );
      if (old !== now) for (const listener of this.#listeners) listener(key);
    }
  }

  async #use<T>(work: (link: Link) => Promise<T>): Promise<{ ok: T } | { failed: Finding }> {
    const current = this.#platform.current();
    if ("failed" in current) return current;
    try {
      return { ok: await work(current.link) };
    } catch (error) {
      if (!(error instanceof DatabaseAway)) throw error;
      return { failed: this.#platform.lost(error) };
    }
  }
}

const keyOf = ({ metadata }: Jackpot): string => `${metadata.namespace}/${metadata.name}`;

function wishOf({ metadata }: Jackpot, terms: object, { epoch }: Link): string {
  const facts = JSON.stringify([epoch, metadata.uid, terms], (_, value) =>
    typeof value === "bigint" ? String(value) : value,
  );
  return createHash("sha256").update(facts).digest("hex");
}

function decommission({ metadata, spec }: Jackpot, db: Link["db"]): Promise<Decommission> {
  return decommissionJackpot(db, metadata, spec.transferTo?.name);
}

/** What a decommissioning waits for, in the words of a condition. */
export function heldBy(
  { metadata, spec }: Jackpot,
  state: Decommission,
  figures: JackpotFigures | undefined,
): Finding | undefined {
  const { name, namespace } = metadata;
  const { currency } = figures ?? spec;
  switch (state.status) {
    case "not_found":
    case "decommissioned":
      return undefined;
    case "in_use":
      return {
        reason: "Unbinding",
        message: `rounds of ${state.games.join(", ")} still feed it in the database; each stops when its Game has been looked at`,
      };
    case "transfer_needed":
      return {
        reason: "TransferNeeded",
        message: `rounds have paid into the pool. Say which Jackpot of ${currency} in ${namespace} gets it: kubectl patch jackpot -n ${namespace} ${name} --type merge -p '{"spec": {"transferTo": {"name": "…"}}}'`,
      };
    case "no_successor":
      return {
        reason: "HeirMissing",
        message: `spec.transferTo.name is ${spec.transferTo?.name}, and there is no such Jackpot of ${currency} in ${namespace} that goes on. Create it, or name another`,
      };
    case "closing":
      return { reason: "Closing", message: closing(state) };
  }
}

function closing({ rounds = 0, waiting = 0 }: { rounds?: number; waiting?: number }): string {
  const open = rounds === 1 ? "1 open round that feeds it" : `${rounds} open rounds that feed it`;
  if (rounds > 0) return `${open} must end first`;
  return waiting > 0
    ? `${waiting} contributions are being counted`
    : "the last rounds are committing";
}
