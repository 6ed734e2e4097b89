// Roulette: one ball, a wheel of 37 or 38 numbers, and bets all over the table. docs/games.md has the contract.
import { type Fraction, fraction, max, one } from "../fraction.ts";
import { IllegalAction, type JsonSchema, type Problem, type Rules, type Tally } from "../game.ts";
import { mostParts, type Part, partStakeSchema, partsProblems, unitsOf } from "../parts.ts";
import configSchema from "./config.schema.json" with { type: "json" };
import { type Kind, type On, pockets, type Spot, spotsOf, type Wheel } from "./layout.ts";

export interface RoulettePart extends Part {
  kind: Kind;
  on?: NonNullable<On>;
}

export interface Bet {
  /** Parts on the same place add up. */
  bets: RoulettePart[];
}

export interface Config {
  wheel: Wheel;
  laPartage: boolean;
  spots: ReadonlyMap<string, Spot>;
  tickets: WeakMap<Bet, readonly Tally[]>;
}

export interface State {
  /** 37 is 00. */
  readonly number: number;
  readonly tally: Tally;
}

/** Total pay, stake included, by how many numbers a bet covers. */
const pays: { [numbers: number]: bigint } = {
  ...{ 1: 36n, 2: 18n, 3: 12n, 4: 9n, 5: 7n, 6: 6n, 12: 3n, 18: 2n },
};
const evenChance = 18;
const nothingToDo: readonly string[] = [];

function keyOf({ kind, on }: { kind: Kind; on?: On }): string {
  return on === undefined ? kind : `${kind} ${on}`;
}

/** Where a part stands; undefined where the table has no such place. */
function spotOf(config: Config, part: RoulettePart): Spot | undefined {
  return config.spots.get(keyOf(part));
}

/** The tallies of a bet by number, worked out once for each. */
export function ticketOf(config: Config, bet: Bet): readonly Tally[] {
  const known = config.tickets.get(bet);
  if (known) return known;
  // In halves of a unit, since la partage pays half a stake.
  const won = Array.from({ length: pockets(config.wheel) }, () => 0n);
  const pay = (number: number, halves: bigint) => {
    won[number] = (won[number] ?? 0n) + halves;
  };
  let staked = 0n;
  for (const part of bet.bets) {
    const spot = spotOf(config, part);
    if (!spot) throw new RangeError(`no ${keyOf(part)} on the ${config.wheel} table`);
    const units = unitsOf(part);
    staked += units;
    for (const number of spot.numbers) pay(number, 2n * units * (pays[spot.numbers.length] ?? 0n));
    if (config.laPartage && spot.numbers.length === evenChance) pay(0, units);
  }
  const ticket = won.map((halves) => ({ staked: one, payout: fraction(halves, 2n * staked) }));
  config.tickets.set(bet, ticket);
  return ticket;
}

function highest(ticket: readonly Tally[]): Fraction {
  return ticket.map(({ payout }) => payout).reduce(max);
}

function placeProblems(config: Config, { bets }: Bet): Problem[] {
  return bets.flatMap((part, i) => {
    if (spotOf(config, part)) return [];
    const example = [...config.spots.values()].find(({ kind }) => kind === part.kind);
    const message = `[${part.on}] is no ${part.kind} of this table: give the numbers that lie together in ascending order, such as [${example?.on}]`;
    return [{ pointer: `/bets/${i}/on`, message }];
  });
}

/** What `on` must look like for one kind; whether the numbers lie together is for `checkBet` to say. */
function onSchema(spots: readonly Spot[], largest: number): JsonSchema | undefined {
  const [first] = spots;
  if (first?.on === undefined) return undefined;
  if (!Array.isArray(first.on)) return { type: "integer", minimum: 1, maximum: 3 };
  if (spots.length === 1) return { const: first.on };
  const { length } = first.on;
  return {
    type: "array",
    description: `the numbers in ascending order, such as [${first.on}]`,
    minItems: length,
    maxItems: length,
    items: { type: "integer", minimum: 0, maximum: largest },
  };
}

function partSchema(kind: Kind, spots: readonly Spot[], largest: number): JsonSchema {
  const on = onSchema(spots, largest);
  // There is one basket and one top line: naming their numbers adds nothing.
  const needed = on && spots.length > 1 ? ["kind", "on", "stake"] : ["kind", "stake"];
  return {
    additionalProperties: false,
    required: needed,
    properties: { kind: { const: kind }, ...(on ? { on } : {}), stake: partStakeSchema },
  };
}

export const roulette: Rules<Config, Bet, State> = {
  name: "roulette",
  version: "1.0.0",
  configSchema,
  actionSchema: null,

  prepare(config) {
    const { wheel, laPartage } = config as { wheel: Wheel; laPartage: boolean };
    if (laPartage && wheel !== "european") {
      const message = `la partage belongs to the european wheel: leave it false, or set wheel to "european"`;
      return { problems: [{ pointer: "/laPartage", message }] };
    }
    const spots = spotsOf(wheel);
    const named = spots.map((spot): [string, Spot] => [keyOf(spot), spot]);
    // The only basket and the only top line need not say their numbers.
    const alone = spots
      .filter(({ kind }) => spots.filter((other) => other.kind === kind).length === 1)
      .map((spot): [string, Spot] => [spot.kind, spot]);
    return {
      config: { wheel, laPartage, spots: new Map([...named, ...alone]), tickets: new WeakMap() },
    };
  },

  betSchema({ wheel, spots }) {
    const byKind = Map.groupBy(new Set(spots.values()), ({ kind }) => kind);
    return {
      type: "object",
      additionalProperties: false,
      required: ["bets"],
      properties: {
        bets: {
          type: "array",
          minItems: 1,
          maxItems: mostParts,
          items: {
            type: "object",
            required: ["kind"],
            discriminator: { propertyName: "kind" },
            oneOf: [...byKind].map(([kind, places]) =>
              partSchema(kind, places, pockets(wheel) - 1),
            ),
          },
        },
      },
    };
  },

  checkBet: (config, bet, stake) => [
    ...placeProblems(config, bet),
    ...partsProblems(bet.bets, stake),
  ],

  bound: (config, bet) => highest(ticketOf(config, bet)),
  maxMultiplier: () => fraction(pays[1] ?? 0n),

  start(config, bet, draws) {
    const number = draws.below(pockets(config.wheel));
    const tally = ticketOf(config, bet)[number];
    if (!tally) throw new RangeError(`no number ${number} on the ${config.wheel} wheel`);
    return { number, tally };
  },

  act() {
    throw new IllegalAction({ pointer: "/type", message: "the round is over" });
  },

  legalActions: () => nothingToDo,

  defaultAction() {
    throw new Error("the ball has fallen when the round starts");
  },

  tally: (_, state) => state.tally,
  outcome: (_, state) => ({ number: state.number }),
};
