import { createHash, randomBytes } from "node:crypto";
import { durationSeconds } from "../../crds/duration.ts";
import type { Game } from "../../crds/generated/game.ts";
import { retireRevisions, saveCatalogue, setReady } from "../database/catalogue.ts";
import { DatabaseAway } from "../database/failure.ts";
import { saveProof } from "../database/proofs.ts";
import { provisionGame } from "../database/provision.ts";
import { seedKey } from "../database/seed-keys.ts";
import type { Failure, Owner, Provisioned, Result, ReturnBreach } from "../database/types.ts";
import { findingOf } from "../platform/failures.ts";
import type { Link, PlatformDatabase } from "../platform/platform-database.ts";
import { type Accepted, acceptedOf, openRevisions, readAccepted } from "./accepted.ts";
import { engineDigest } from "./engine-digest.ts";
import { chainKey } from "./entropy.ts";
import { fed, type NamedJackpot } from "./jackpots.ts";
import type { Judgement } from "./math.ts";
import type { DatabaseState } from "./observe.ts";
import { connectionLimit, mostPods } from "./resources/connections.ts";
import type { Credentials } from "./resources/facts.ts";
import { ADOPT_ANNOTATION, gamePath, schemaName } from "./resources/names.ts";
import { noteOf, readBreaches, stateInForce } from "./return-breach.ts";

/** What the database step came to. */
export interface DatabaseStep {
  /** Absent where there was nothing to store yet. */
  readonly database: DatabaseState | undefined;
  /** What serves, or is to; absent where none was ever accepted or none is known. */
  readonly accepted: Accepted | undefined;
  readonly credentials: Credentials | undefined;
  /** Jackpots that could not be bound. */
  readonly unbound: readonly string[];
  /** What stands against its return; absent where that is not known. */
  readonly breaches?: readonly ReturnBreach[];
  /** Breaches that the Game's annotation closed in this very step. */
  readonly closed?: number;
}

interface Memo extends DatabaseStep {
  readonly uid: string;
  readonly key: string;
  readonly retiredFor?: string;
}

export interface GameDatabaseOptions {
  readonly platform: PlatformDatabase;
  readonly gameConnections: number;
  /** Where the Chains are that Games name. */
  readonly chainNamespace: string;
  readonly ownerLives: (owner: Owner) => boolean;
}

/** What a step needs to know beside the Game. */
export interface StepInput {
  readonly game: Game;
  readonly judgement: Judgement;
  /** The password in the game's Secret, where there is one. */
  readonly password: string | undefined;
  /** Those of the Jackpots that it names that there are. */
  readonly jackpots: readonly NamedJackpot[];
  /** Called before anything is made outside the cluster. */
  readonly guard: () => Promise<void>;
}

/**
 * Schema, role, catalogue and keys of each Game. What was done is remembered, so that a settled Game
 * costs no query; another connection, password or spec is done again.
 */
export class GameDatabase {
  readonly #options: GameDatabaseOptions;
  readonly #memos = new Map<string, Memo>();
  /** How often a Game, `namespace/name`, was said to have a new breach. */
  readonly #breached = new Map<string, number>();

  constructor(options: GameDatabaseOptions) {
    this.#options = options;
  }

  /** Forgets a Game that is gone, by its `namespace/name`. */
  forget(key: string): void {
    this.#memos.delete(key);
    this.#breached.delete(key);
  }

  /** A breach was written down: what is remembered of the Game does not know of it. */
  breached({ metadata }: Game): void {
    const key = `${metadata.namespace}/${metadata.name}`;
    this.#breached.set(key, (this.#breached.get(key) ?? 0) + 1);
  }

  /** Brings the database in line with the Game. Expected failures are findings. */
  async step(input: StepInput): Promise<DatabaseStep> {
    const { metadata } = input.game;
    const memo = this.#memo(metadata);
    const current = this.#options.platform.current();
    if ("failed" in current) return away(memo, current);
    const { link } = current;
    // A Secret that somebody deleted comes back as it was.
    const password =
      input.password ?? memo?.credentials?.password ?? randomBytes(24).toString("base64url");
    const breached = this.#breached.get(`${metadata.namespace}/${metadata.name}`) ?? 0;
    const key = keyOf(input, password, [link.epoch, breached]);
    if (memo?.key === key && memo.unbound.length === 0) return memo;
    try {
      const step = await this.#do({ ...input, password }, link);
      if (step.database && "schema" in step.database) {
        const { closed: _, ...lasting } = step;
        this.#remember(metadata, { ...lasting, key });
      }
      return step;
    } catch (error) {
      if (!(error instanceof DatabaseAway)) throw error;
      return away(memo, { failed: this.#options.platform.lost(error) });
    }
  }

  /** Is it known what this Game has in the database? */
  knows({ metadata }: Game): boolean {
    return this.#memo(metadata) !== undefined;
  }

  /** A rollout is over: rounds are played on this revision alone from now on. */
  async retireOthers({ metadata }: Game, revision: string): Promise<void> {
    const memo = this.#memo(metadata);
    if (!memo || memo.retiredFor === revision) return;
    await this.#use(async ({ db }) => {
      await retireRevisions(db, metadata.name, []);
      this.#remember(metadata, { ...memo, retiredFor: revision });
    });
  }

  /** The revisions that open rounds still need; undefined where the database cannot be asked. */
  openRevisions({ metadata }: Game): Promise<readonly string[] | undefined> {
    return this.#use(({ db }) => openRevisions(db, metadata.name));
  }

  /** Tells the lobby whether players get to the game. */
  async noteReady({ metadata }: Game, ready: boolean): Promise<void> {
    const memo = this.#memo(metadata);
    const accepted = memo?.accepted;
    if (!memo || !accepted || accepted.ready === ready) return;
    await this.#use(async ({ db }) => {
      await setReady(db, metadata.name, ready);
      this.#remember(metadata, { ...memo, accepted: { ...accepted, ready } });
    });
  }

  #memo({ namespace, name, uid }: Owner): Memo | undefined {
    const memo = this.#memos.get(`${namespace}/${name}`);
    // Another Game of that name knows nothing of the one before it.
    return memo?.uid === uid ? memo : undefined;
  }

  #remember({ namespace, name, uid }: Owner, memo: Omit<Memo, "uid">): void {
    this.#memos.set(`${namespace}/${name}`, { ...memo, uid });
  }

  // Where the database is away, what could not be done is done when it is back: every Game is then
  // looked at again.
  async #use<T>(work: (link: Link) => Promise<T>): Promise<T | undefined> {
    const { platform } = this.#options;
    const current = platform.current();
    if ("failed" in current) return undefined;
    try {
      return await work(current.link);
    } catch (error) {
      if (!(error instanceof DatabaseAway)) throw error;
      platform.lost(error);
      return undefined;
    }
  }

  async #do(input: StepInput & { password: string }, link: Link): Promise<DatabaseStep> {
    const { game, judgement, password } = input;
    const { db } = link;
    const before = await readAccepted(db, game.metadata);
    if (!before && "refused" in judgement) return NOTHING;
    await input.guard();
    const provisioned = await this.#provision(game, password, link);
    if ("problem" in provisioned) {
      const credentials = before && (await this.#credentials(game, password, link));
      const known = credentials && "ok" in credentials ? credentials.ok : undefined;
      const accepted = known ? before : undefined;
      const database = { failed: findingOf(provisioned) };
      return { database, accepted, credentials: known, unbound: [] };
    }
    const credentials = await this.#credentials(game, password, link);
    if ("problem" in credentials) return failed(credentials);
    const { open, closed } = await readBreaches(db, game);
    const { accepted, unbound } = await this.#accept(input, link, { before, breaches: open });
    const { schema, migrations } = provisioned.ok;
    const database = { schema, migrations };
    return { database, accepted, credentials: credentials.ok, unbound, breaches: open, closed };
  }

  #provision(game: Game, password: string, { db }: Link): Promise<Result<Provisioned>> {
    const { name, namespace, uid, annotations } = game.metadata;
    const adopt = annotations?.[ADOPT_ANNOTATION];
    return provisionGame(db, {
      ...{ name, namespace, uid, password },
      connectionLimit: connectionLimit(this.#options.gameConnections, mostPods(game.spec)),
      ownerLives: this.#options.ownerLives,
      ...(adopt ? { adopt } : {}),
    });
  }

  async #credentials(game: Game, password: string, link: Link): Promise<Result<Credentials>> {
    const { db, platformKey } = link;
    const key = await seedKey(db, game.metadata.name, platformKey);
    if ("problem" in key) return key;
    const { host, port, database, ca } = db.settings;
    const user = schemaName(game);
    const credentials = { host, port, database, user, password, seedKey: key.ok.toString("hex") };
    return { ok: ca === undefined ? credentials : { ...credentials, ca } };
  }

  /** State and limits bind from here on; refused stakes and revisions never get here. */
  async #accept(
    { game, judgement, jackpots }: StepInput,
    { db }: Link,
    { before, breaches }: { before: Accepted | undefined; breaches: readonly ReturnBreach[] },
  ): Promise<Pick<DatabaseStep, "accepted" | "unbound">> {
    const candidate = "candidate" in judgement ? judgement.candidate : undefined;
    const accepted = candidate ? acceptedOf(candidate, before) : before;
    if (!accepted) return { accepted: undefined, unbound: [] };
    const { serving, stakes, returns, ready } = accepted;
    const { engine, engineVersion, config, revision } = serving;
    if (candidate) {
      const { maxMultiplier } = candidate.figures;
      const proof = candidate.figures as unknown as Accepted["returns"];
      const math = { engine, engineVersion, config, revision };
      await saveProof(db, { ...math, engineDigest: engineDigest(), maxMultiplier, proof });
    }
    const { name, namespace, uid } = game.metadata;
    const { title = name, openRounds, fairness } = game.spec;
    const state = stateInForce(game.spec, breaches);
    const chain = chainKey(game, this.#options);
    const onChainDown = fairness?.entropy?.onChainDown ?? "Stop";
    const row = {
      ...{ name, namespace, uid, engine, engineVersion, config, revision },
      ...{ title, state, stakes, returns, ready },
      openTimeoutSeconds: durationSeconds(openRounds.timeout),
      path: gamePath(game),
      ...(chain === undefined ? {} : { entropy: { chain, onChainDown } }),
    };
    const names = fed(jackpots).map(({ name }) => name);
    const { unbound } = await saveCatalogue(db, row, names);
    return { accepted: { ...accepted, state }, unbound };
  }
}

const NOTHING: DatabaseStep = {
  ...{ database: undefined, accepted: undefined, credentials: undefined },
  unbound: [],
};

const failed = (failure: Failure): DatabaseStep => ({
  ...NOTHING,
  database: { failed: findingOf(failure) },
});

// What was in place before the database went still is; only nothing new can be put there.
const away = (memo: Memo | undefined, database: DatabaseState): DatabaseStep => ({
  database,
  accepted: memo?.accepted,
  credentials: memo?.credentials,
  unbound: [],
  ...(memo?.breaches ? { breaches: memo.breaches } : {}),
});

function keyOf(input: StepInput, password: string, counts: readonly number[]): string {
  const { game, judgement, jackpots } = input;
  const { generation, annotations } = game.metadata;
  const judged = "candidate" in judgement ? judgement.candidate.revision : judgement.refused;
  const pools = fed(jackpots).map(({ id }) => id);
  const said = [annotations?.[ADOPT_ANNOTATION], noteOf(game)];
  const facts = [counts, generation, said, password, judged, pools];
  return createHash("sha256").update(JSON.stringify(facts)).digest("hex");
}
