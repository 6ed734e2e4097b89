import type { Problem } from "../games/game.ts";
import { isObject } from "./defaults.ts";
import type { Game } from "./generated/game.ts";
import type { Jackpot } from "./generated/jackpot.ts";

/**
 * What is wrong between objects that are given together: a Game takes the currencies of the Jackpots that it
 * names, and a Jackpot leaves its money to one of its own currency. What is not given may be in the cluster.
 */
export function jackpotLinks(objects: readonly unknown[]): (object: unknown) => Problem[] {
  const jackpots = new Map(objects.filter(isJackpot).map((one) => [keyOf(one), one]));
  return (object) => {
    if (isOf<Game>(object, "Game")) return gameProblems(object, jackpots);
    if (isOf<Jackpot>(object, "Jackpot")) return heirProblems(object, jackpots);
    return [];
  };
}

type Jackpots = ReadonlyMap<string, Jackpot>;

function gameProblems(game: Game, jackpots: Jackpots): Problem[] {
  const { stakes, jackpots: named = [] } = game.spec;
  return named.flatMap(({ name }, index) => {
    const currency = jackpots.get(keyOf(game, name))?.spec.currency;
    if (currency === undefined || stakes.some((stake) => stake.currency === currency)) return [];
    return [{ pointer: `/spec/jackpots/${index}/name`, message: otherCurrency(name, currency) }];
  });
}

/** What is said of a Jackpot whose currency the Game is not played in. */
export const otherCurrency = (name: string, currency: string): string =>
  `Jackpot ${name} is of ${currency}, in which the game takes no stakes; add stakes of ${currency} or take it out of spec.jackpots`;

function heirProblems(jackpot: Jackpot, jackpots: Jackpots): Problem[] {
  const { currency, transferTo } = jackpot.spec;
  const heir = transferTo && jackpots.get(keyOf(jackpot, transferTo.name));
  if (!heir || heir.spec.currency === currency) return [];
  const message = `Jackpot ${heir.metadata.name} is of ${heir.spec.currency}; name one of ${currency}`;
  return [{ pointer: "/spec/transferTo/name", message }];
}

function keyOf({ metadata }: Game | Jackpot, name = metadata.name): string {
  return `${metadata.namespace ?? "default"}/${name}`;
}

const isJackpot = (object: unknown): object is Jackpot => isOf<Jackpot>(object, "Jackpot");

function isOf<T>(object: unknown, kind: string): object is T {
  return (
    isObject(object) &&
    object["kind"] === kind &&
    isObject(object["metadata"]) &&
    isObject(object["spec"])
  );
}
