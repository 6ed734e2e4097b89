// A Game manifest as far as its mathematics goes. The whole of it is checked by `npm run validate`.
import { type Document, isScalar, parseAllDocuments } from "yaml";
import type { Json, JsonSchema, Problem } from "./game.ts";
import {
  type JackpotPart,
  type NamedJackpots,
  namedJackpots,
  readJackpot,
} from "./jackpot-part.ts";
import type { ProofRequest } from "./prove.ts";
import { validator } from "./schema.ts";
import { type StakeSpec, stakeTerms } from "./stakes.ts";

interface GameManifest {
  kind: string;
  spec: {
    engine: string;
    config: Json;
    stakes: StakeSpec[];
    returnToPlayer: ProofRequest["returnToPlayer"];
  };
}

const text: JsonSchema = { type: "string", maxLength: 80 };

const manifestSchema: JsonSchema = {
  type: "object",
  required: ["apiVersion", "kind", "spec"],
  properties: {
    apiVersion: { type: "string", enum: ["pitboss.dev/v1alpha1"] },
    kind: { type: "string", enum: ["Game"] },
    spec: {
      type: "object",
      required: ["engine", "returnToPlayer", "stakes"],
      properties: {
        engine: { ...text, description: "the name of an engine, such as coin-flip" },
        config: { type: "object", default: {} },
        returnToPlayer: {
          type: "object",
          required: ["min"],
          additionalProperties: false,
          properties: { min: text, max: text, sideMin: text },
        },
        stakes: {
          type: "array",
          minItems: 1,
          maxItems: 64,
          items: {
            type: "object",
            required: ["currency", "min", "max", "maxPayout"],
            additionalProperties: false,
            properties: { currency: text, min: text, max: text, step: text, maxPayout: text },
          },
        },
      },
    },
  },
};

const faultsOf = validator(manifestSchema, { everyFault: true });

/** A Game with what its return depends on. */
export interface GameRead {
  readonly request: ProofRequest;
  /** The Jackpots that it names, and those that stand beside it. */
  readonly named: NamedJackpots;
  readonly jackpots: readonly JackpotPart[];
}

/** What to prove for the one Game in this YAML text, or what is wrong with it. Jackpots may stand beside it. */
export function readGame(yaml: string): GameRead | { problems: Problem[] } {
  const all = readDocuments(yaml);
  if ("problems" in all) return all;
  const others = all.manifests.filter((one) => !isJackpot(one));
  const [manifest = all.manifests[0] ?? null, ...more] = others;
  if (more.length > 0) return whole(`it holds ${others.length} documents: give one Game at a time`);
  const read = readGameManifest(manifest);
  if ("problems" in read) return read;
  const beside = readJackpots(all.manifests.filter(isJackpot));
  return "problems" in beside ? beside : { ...read, ...beside, named: namedJackpots(manifest) };
}

/** The Jackpots in this YAML text; other objects are passed by. */
export function readJackpotFile(
  yaml: string,
): { jackpots: JackpotPart[] } | { problems: Problem[] } {
  const all = readDocuments(yaml);
  return "problems" in all ? all : readJackpots(all.manifests.filter(isJackpot));
}

const isJackpot = (manifest: Json): boolean =>
  typeof manifest === "object" &&
  manifest !== null &&
  !Array.isArray(manifest) &&
  manifest["kind"] === "Jackpot";

function readJackpots(
  manifests: readonly Json[],
): { jackpots: JackpotPart[] } | { problems: Problem[] } {
  const read = manifests.map(readJackpot);
  const problems = read.filter((one) => "pointer" in one);
  return problems.length > 0
    ? { problems }
    : { jackpots: read.filter((one) => "contribution" in one) };
}

function readGameManifest(manifest: Json): { request: ProofRequest } | { problems: Problem[] } {
  const faults = faultsOf(manifest);
  if (faults.length > 0) return { problems: faults };
  const { spec } = manifest as unknown as GameManifest;
  const stakes = stakeTerms(spec.stakes);
  if ("problems" in stakes) return stakes;
  const { engine, config, returnToPlayer } = spec;
  return { request: { engine, config, stakes: stakes.terms, returnToPlayer } };
}

function readDocuments(yaml: string): { manifests: Json[] } | { problems: Problem[] } {
  const documents = parseAllDocuments(yaml);
  const [broken] = documents.flatMap((document) => document.errors);
  if (broken) return whole(`it is not YAML: ${broken.message.split("\n")[0]}`);
  const filled = documents.filter((document) => !isEmpty(document));
  if (filled.length === 0) return whole("it is empty: write one Game manifest");
  try {
    return { manifests: filled.map((document) => JSON.parse(JSON.stringify(document.toJS()))) };
  } catch (error) {
    // An alias without its anchor, one of a billion laughs, or one that holds itself.
    if (error instanceof ReferenceError || error instanceof TypeError) {
      return whole(`it is YAML that is no JSON: ${error.message.split("\n")[0]}`);
    }
    throw error;
  }
}

function isEmpty({ contents }: Document): boolean {
  return contents === null || (isScalar(contents) && contents.value === null);
}

function whole(message: string): { problems: Problem[] } {
  return { problems: [{ pointer: "", message }] };
}
