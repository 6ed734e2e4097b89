import { type Action, IllegalAction, type Json } from "../games/game.ts";
import { endingOf, type OpenRound, recordOf, sourceOf } from "../games/open-round.ts";
import { type Compiled, endsAfterMs, type RecordedAction, replay } from "../games/play.ts";
import { drawsOf, type RoundSource, type Standing, standingOf } from "../games/standing.ts";
import type { Database, Session } from "./database.ts";
import { settleAfterMs } from "./endings.ts";
import type { History } from "./history.ts";
import type { Revisions } from "./revisions.ts";
import type { GamePairs } from "./seed-pairs.ts";
import type { Turns } from "./turns.ts";
import type { ActRequest, Hooks, Refusal, RoundView } from "./types.ts";
import { isUuid } from "./uuid.ts";

export interface ActingOptions {
  readonly game: string;
  readonly db: Database;
  readonly revisions: Revisions;
  readonly pairs: GamePairs;
  readonly history: History;
  readonly turns: Turns;
  readonly hooks: Hooks;
}

const lockRound = { name: "lock_round", text: "SELECT * FROM lock_round($1, $2, $3, $4)" };
const lockExpired = { name: "lock_expired", text: "SELECT lock_expired($1, $2) AS round" };
const lockTicking = { name: "lock_ticking", text: "SELECT lock_ticking($1, $2) AS round" };
const recordAct = { name: "act", text: "SELECT * FROM act($1)" };

/** No round has it: its request can only find what its key has done. */
const nobody = "00000000-0000-0000-0000-000000000000";

/** Moves open rounds on: by their player's actions, or by the default action once they are past their time. */
export class Acting {
  readonly #o: ActingOptions;

  constructor(options: ActingOptions) {
    this.#o = options;
  }

  /** One action of a player after the other, so that a storm of them holds one connection. */
  act(request: ActRequest): Promise<{ readonly round: RoundView } | Refusal> {
    return this.#o.turns.run(request.player, () => this.#act(request));
  }

  async #act(request: ActRequest): Promise<{ readonly round: RoundView } | Refusal> {
    const done = await this.#o.db.transaction((session) => this.#take(session, request));
    if ("refused" in done) return done;
    if (done.settled) this.#settled(done.settled, "player");
    return { round: await this.#o.history.own(request.player, done.round) };
  }

  async #take(session: Session, request: ActRequest): Promise<Taken | Refusal> {
    const hash = request.requestHash.toString("hex");
    const id = isUuid(request.round) ? request.round : nobody;
    const [locked] = await session.query(lockRound, [request.player, id, request.key, hash]);
    if (locked?.status === "replayed") return { round: locked.detail.round };
    if (locked?.status !== "locked") return refusalOf(locked?.status);
    const round: OpenRound = locked.detail;
    if (round.version !== request.version) return refusalOf("version_conflict", round.id);
    const compiled = await this.#o.revisions.get(session, round.revision);
    const played = this.#play(round, compiled, request.action);
    if ("refused" in played) return played;
    const more = { key: request.key, hash, actions: played.actions };
    return this.#record(session, round, played.standing, more);
  }

  #play(
    round: OpenRound,
    compiled: Compiled,
    action: Json,
  ): { standing: Standing; actions: RecordedAction[] } | Refusal {
    const [fault] = compiled.checkAction(action);
    if (fault !== undefined) return illegal(fault.pointer, fault.message);
    const taken = this.#taken(round, compiled, action as Action);
    const source = this.#source(round, compiled);
    const all = [...round.actions, taken];
    try {
      const standing = standingOf(source, all, replay(compiled, round.bet, all, drawsOf(source)));
      return { standing, actions: [taken] };
    } catch (error) {
      if (error instanceof IllegalAction) return illegal(error.pointer, error.message);
      throw error;
    }
  }

  /** The action as it is recorded: where a round runs by the clock, with the tick that it is taken at. */
  #taken({ version, openMs }: OpenRound, { engine }: Compiled, action: Action): RecordedAction {
    const taken: RecordedAction = { ...action, version, by: "player" };
    return engine.clock ? { ...taken, at: Math.floor(openMs / engine.clock.tickMs) } : taken;
  }

  /** Ends an abandoned round, unless somebody else has it or has ended it; says whether this call did. */
  async finish(player: string, round: string): Promise<boolean> {
    const done = await this.#o.db.transaction(async (session) => {
      const [row] = await session.query(lockExpired, [player, round]);
      return row?.round ? this.#finish(session, row.round) : null;
    });
    if (done === null) return false;
    if ("refused" in done) throw new Error(`an abandoned round is refused: ${done.refused}`);
    if (done.settled) this.#settled(done.settled, "default");
    return true;
  }

  /** How long after its creation a round that runs by the clock ends by itself. */
  async endMs(session: Session, round: OpenRound): Promise<number> {
    const compiled = await this.#o.revisions.get(session, round.revision);
    const draws = drawsOf(this.#source(round, compiled));
    const endMs = endsAfterMs(compiled, round.bet, round.actions, draws);
    if (endMs === undefined) throw new Error(`${compiled.engine.name} does not run by the clock`);
    return endMs;
  }

  /** Settles a round a second after it ended by itself, unless somebody else does; how many ms are left until then. */
  async settleEnded(player: string, round: string): Promise<number> {
    const done = await this.#o.db.transaction(
      async (session): Promise<Taken | Refusal | number> => {
        const [row] = await session.query(lockTicking, [player, round]);
        const open: OpenRound | null = row?.round ?? null;
        if (open === null) return 0;
        const leftMs = (await this.endMs(session, open)) + settleAfterMs - open.openMs;
        return leftMs > 0 ? leftMs : this.#finish(session, open);
      },
    );
    if (typeof done === "number") return done;
    if ("refused" in done) throw new Error(`a round that ended is refused: ${done.refused}`);
    if (done.settled) this.#settled(done.settled, "default");
    return 0;
  }

  async #finish(session: Session, round: OpenRound): Promise<Taken | Refusal> {
    const compiled = await this.#o.revisions.get(session, round.revision);
    const { standing, actions } = endingOf(this.#source(round, compiled), round);
    return this.#record(session, round, standing, { actions });
  }

  async #record(
    session: Session,
    round: OpenRound,
    standing: Standing,
    { actions, ...more }: { key?: string; hash?: string; actions: readonly RecordedAction[] },
  ): Promise<Taken | Refusal> {
    const { staked, payout } = standing;
    const asked = { ...more, ...recordOf(round, standing, actions) };
    const [row] = await session.query(recordAct, [JSON.stringify(asked)]);
    if (row?.status !== "done") return refusalOf(row?.status, round.id);
    const settled = payout === null ? undefined : { currency: round.currency, staked, payout };
    return { round: round.id, ...(settled && { settled }) };
  }

  #source(round: OpenRound, compiled: Compiled): RoundSource {
    return sourceOf(this.#o.game, compiled, this.#o.pairs.open(round), round);
  }

  #settled({ currency, staked, payout }: Settlement, by: "player" | "default"): void {
    this.#o.hooks.settled?.(currency, staked, payout, by);
  }
}

interface Settlement {
  readonly currency: string;
  readonly staked: bigint;
  readonly payout: bigint;
}

/** What an action did, or what its key had done before. */
interface Taken {
  readonly round: string;
  readonly settled?: Settlement;
}

function illegal(at: string, message: string): Refusal {
  const pointer = `/action${at}`;
  return { refused: "illegal_action", pointer, detail: `${pointer}: ${message}` };
}

const details = {
  idempotency_mismatch: "This key was used for another request: take a new key for a new action.",
  insufficient_funds: "The balance does not cover this action; the round is unchanged.",
  not_found: "You have no such round in this game.",
  round_settled: "The round is over.",
  version_conflict: "The round has moved on: read it again.",
} as const;

function refusalOf(status: string | undefined, round?: string): Refusal {
  if (status === undefined || !(status in details)) throw new Error(`act() answered ${status}`);
  const refused = status as keyof typeof details;
  return { refused, detail: details[refused], ...(round === undefined ? {} : { round }) };
}
