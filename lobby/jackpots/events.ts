import { formatAmount } from "../../games/money.ts";
import { proofPath, type StoredTerms, termsOf } from "./items.ts";

/** A row of pitboss.jackpot_events. */
export interface EventRow {
  readonly id: number;
  readonly kind: string;
  readonly body: {
    readonly namespace: string;
    readonly name: string;
    readonly currency: string;
    readonly digits: number;
    readonly win?: number;
    /** Minor units. */
    readonly amount?: string;
    readonly game?: string;
    readonly terms?: StoredTerms;
  };
  readonly at: Date;
}

/** One message of the stream: what happened, as everybody may know it. */
export interface StreamEvent {
  readonly id: number;
  readonly event: "win" | "terms" | "closed";
  readonly data: object;
}

/** A win that is set aside is told of when it is paid; who released it is nobody's business. */
const names: ReadonlyMap<string, StreamEvent["event"]> = new Map([
  ["win", "win"],
  ["released", "win"],
  ["terms", "terms"],
  ["closed", "closed"],
]);

/** What the stream says of a row; null where it says nothing. */
export function eventOf({ id, kind, body, at }: EventRow): StreamEvent | null {
  const event = names.get(kind);
  if (event === undefined) return null;
  const { namespace, name, currency, digits } = body;
  const common = { namespace, name, currency, at: at.toISOString() };
  if (event === "terms" && body.terms !== undefined) {
    return { id, event, data: { ...common, terms: termsOf(body.terms, digits) } };
  }
  if (event === "win" && body.win !== undefined) {
    const { win, game, amount = "0" } = body;
    const proof = proofPath(namespace, name, win);
    const paid = { win: String(win), amount: formatAmount(BigInt(amount), digits), game, proof };
    return { id, event, data: { ...common, ...paid } };
  }
  return { id, event, data: common };
}
