/** Jackpots in a test's database, as the operator writes them and the lobby sequences them. */
import { randomBytes } from "node:crypto";
import pg from "pg";
import type { TermsText } from "../../operator/database/jackpots.ts";
import type { TestDatabase } from "./database.ts";

/** A pool of 10 to 20 USD that gets a hundredth of each stake. */
export const mustHitBy: TermsText = {
  ...{ seed: "1000", ceiling: "2000", contribution: "1/100", overflowShare: "1/5" },
  mustHitBy: "2000",
};

/** Hits once in 5 stakes of 1 USD. */
export const oneInFive: TermsText = {
  ...{ seed: "500", ceiling: "100000", contribution: "1/100", overflowShare: "1/5" },
  ...{ oneIn: "5", per: "100" },
};

export interface TestJackpot {
  readonly id: number;
  readonly namespace: string;
  readonly name: string;
}

export interface Sequenced {
  readonly taken: number;
  readonly wins: number;
  readonly busy?: boolean;
}

export type JackpotBooks = Awaited<ReturnType<typeof jackpotBooks>>;

/** Opens the means to write, feed, sequence and inspect jackpots of one database. */
export function jackpotBooks(database: TestDatabase) {
  const pool = (url: string) => {
    const opened = new pg.Pool({ connectionString: url, max: 6 });
    opened.on("error", () => undefined);
    return opened;
  };
  const [operator, lobby, superuser] = [
    pool(database.url),
    pool(database.lobbyUrl),
    pool(database.superuserUrl),
  ];
  return {
    operator,
    lobby,
    superuser,

    /** Writes a Jackpot's terms; a new one of a name of its own where `name` is not given. */
    async save(
      terms: TermsText,
      {
        name = `jackpot-${randomBytes(5).toString("hex")}`,
        namespace = "casino",
        currency = "USD",
      } = {},
    ): Promise<TestJackpot & { status: string }> {
      const { rows } = await operator.query(
        "SELECT pitboss.save_jackpot($1, $2, $3, $4, 2, $5) AS saved",
        [namespace, name, `uid-${name}`, currency, JSON.stringify(terms)],
      );
      const { id, status } = rows[0].saved;
      return { id, status, namespace, name };
    },

    async bind(game: string, jackpots: readonly TestJackpot[]): Promise<{ status: string }> {
      const { rows } = await operator.query("SELECT pitboss.bind_jackpots($1, $2) AS bound", [
        game,
        JSON.stringify(jackpots.map(({ namespace, name }) => ({ namespace, name }))),
      ]);
      return rows[0].bound;
    },

    /** Takes one batch, as a replica of the lobby does. */
    async sequence({ id }: TestJackpot, atMost = 5000): Promise<Sequenced> {
      const { rows } = await lobby.query("SELECT pitboss.sequence_jackpot($1, $2) AS done", [
        id,
        atMost,
      ]);
      return rows[0].done;
    },

    /** Until nothing waits any more. A transaction of another database may hold it up for a moment. */
    async settle(jackpot: TestJackpot, atMost = 5000): Promise<number> {
      let wins = 0;
      for (;;) {
        wins += (await this.sequence(jackpot, atMost)).wins;
        const { rows } = await operator.query(
          "SELECT EXISTS (SELECT FROM pitboss.jackpot_incoming WHERE jackpot = $1) AS waiting",
          [jackpot.id],
        );
        if (!rows[0].waiting) return wins;
      }
    },

    /** The row of jackpot_books, amounts as text. */
    async books({ id }: TestJackpot): Promise<{ [column: string]: string }> {
      const { rows } = await operator.query(
        "SELECT * FROM pitboss.jackpot_books WHERE jackpot = $1",
        [id],
      );
      return rows[0];
    },

    async close(): Promise<void> {
      await Promise.all([operator.end(), lobby.end(), superuser.end()]);
    },
  };
}
