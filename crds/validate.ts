import type { Problem } from "../games/game.ts";
import { chainTerms } from "./chain-terms.ts";
import { isObject, withDefaults } from "./defaults.ts";
import { gameProblems } from "./game-problems.ts";
import type { Chain } from "./generated/chain.ts";
import type { Game } from "./generated/game.ts";
import type { Jackpot } from "./generated/jackpot.ts";
import { jackpotTerms } from "./jackpot-terms.ts";
import { metadataSchema } from "./metadata.ts";
import { ruleProblems } from "./rules.ts";
import { type Definition, definitions, type Schema } from "./schemas.ts";
import { type Structure, structureOf } from "./structure.ts";

interface Checker {
  schema: Schema;
  structure: Structure;
  /** What the schema cannot say; it sees the object as the API server stores it. */
  meaning(object: unknown): Problem[];
}

const meanings: { [kind: string]: (object: unknown) => Problem[] } = {
  Game: (object) => gameProblems((object as Game).spec),
  Jackpot: (object) => {
    const read = jackpotTerms((object as Jackpot).spec);
    return "problems" in read ? read.problems : [];
  },
  Chain: (object) => {
    const read = chainTerms((object as Chain).spec);
    return "problems" in read ? read.problems : [];
  },
};

function checkerOf(definition: Definition): [string, Checker] {
  const { metadata: _, ...properties } = definition.schema.properties ?? {};
  const schema: Schema = {
    ...definition.schema,
    required: ["metadata", ...(definition.schema.required ?? [])],
    properties: { ...properties, metadata: metadataSchema },
  };
  const meaning = meanings[definition.kind] ?? (() => []);
  return [
    `${definition.apiVersion}/${definition.kind}`,
    { schema, structure: structureOf(schema), meaning },
  ];
}

const checkers: ReadonlyMap<string, Checker> = new Map(definitions().map(checkerOf));

/** Is the object of the group that Pitboss answers for? */
export function isOurs(object: unknown): boolean {
  const version = isObject(object) ? object["apiVersion"] : undefined;
  return typeof version === "string" && version.startsWith("pitboss.dev/");
}

/**
 * What the API server would refuse in a manifest: structure, unknown fields, rules. With `old`, the object before the
 * update, the rules on transitions too.
 */
export function admissionProblems(object: unknown, old?: unknown): Problem[] {
  return admit(object, old).problems;
}

/** Everything that is wrong with a manifest: what the API server refuses, then what the operator would. */
export function validateManifest(object: unknown): Problem[] {
  const { problems, admitted } = admit(object);
  return admitted ? admitted.checker.meaning(admitted.object) : problems;
}

type Admission = { problems: Problem[]; admitted?: { checker: Checker; object: unknown } };

function admit(object: unknown, old?: unknown): Admission {
  const checker = checkerFor(object);
  if (!("structure" in checker)) return { problems: [checker] };
  const [value, before] = [object, old].map((one) => stored(checker.schema, one));
  const { problems, fatal } = checker.structure(value);
  const rules = fatal ? [] : ruleProblems(checker.schema, value, before);
  const all = [...problems, ...rules];
  return all.length > 0
    ? { problems: all }
    : { problems: [], admitted: { checker, object: value } };
}

function checkerFor(object: unknown): Checker | Problem {
  if (!isObject(object)) return { pointer: "", message: "is no object" };
  const { apiVersion, kind } = object;
  const known = [...checkers.keys()].join(", ");
  if (typeof apiVersion !== "string") {
    return { pointer: "/apiVersion", message: `is missing; Pitboss has ${known}` };
  }
  const message = `there is no ${apiVersion}/${kind}; Pitboss has ${known}`;
  return checkers.get(`${apiVersion}/${kind}`) ?? { pointer: "/kind", message };
}

/** Status is not part of a manifest: the API server drops it too. */
function stored(schema: Schema, object: unknown): unknown {
  if (!isObject(object)) return undefined;
  const { status: _, ...manifest } = object;
  return withDefaults(schema, manifest);
}
