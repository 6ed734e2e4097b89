import type { JackpotSpec } from "../../crds/generated/jackpot.ts";
import { withClient } from "./database.ts";
import type { Live } from "./user.ts";
import { jackpots, type World } from "./world.ts";

/**
 * 1,000 USD at first, a hundredth of each debit on top, and won by five million at the latest: no test wins it
 * by chance.
 */
const mustHit: Partial<JackpotSpec> = {
  ...{ currency: "USD", seed: "1000", contribution: "0.01", ceiling: "5000000" },
  trigger: { mustHitBy: "5000000" },
};

/** What tests of Jackpots do in a world. */
export function jackpotsOf(world: World) {
  const { user, casino, database } = world;
  const path = (name: string) => jackpots(casino, name);
  return {
    path,

    /** Applies a Jackpot as a person would. */
    apply: (name: string, change: Partial<JackpotSpec> = {}): Promise<Live> =>
      user.apply(path(name), {
        ...{ apiVersion: "pitboss.dev/v1alpha1", kind: "Jackpot" },
        metadata: { name, namespace: casino },
        spec: { ...mustHit, ...change },
      }),

    edit: (name: string, spec: object): Promise<Live> => user.merge(path(name), { spec }),

    /** The reason of a condition becomes this; answers the condition. */
    says: (name: string, type: string, reason: string, seconds = 20) =>
      world.says(name, type, reason, { path: path(name), seconds }),

    async status(name: string): Promise<Live[string]> {
      return (await user.get(path(name)))?.["status"];
    },

    /** Feeds it as rounds of the game with these debits would, in minor units, and counts them. */
    feed: (name: string, debits: readonly number[], game = "flip", player = "ann") =>
      withClient(database.superuserUrl, async (client) => {
        await client.query(
          `INSERT INTO pitboss.jackpot_incoming (jackpot, terms, debit, hit, game, round, player)
            SELECT j.id, j.terms, d.debit, false, $3, gen_random_uuid(), $4
              FROM pitboss.jackpots j, unnest($5::numeric[]) AS d (debit)
             WHERE j.namespace = $1 AND j.name = $2 AND j.state <> 'gone'`,
          [casino, name, game, player, debits],
        );
        const { rows } = await client.query<{ done: { wins: number } }>(
          `SELECT pitboss.sequence_jackpot(id) AS done FROM pitboss.jackpots
            WHERE namespace = $1 AND name = $2 AND state <> 'gone'`,
          [casino, name],
        );
        return rows[0]?.done.wins ?? 0;
      }),
  };
}
