import { accept, type Case, type Fields, manifest, refuse } from "./case.ts";
import { chainCases } from "./chain-cases.ts";
import { jackpotCases } from "./jackpot-cases.ts";

/**
 * The API by example: each rule of the CRDs with manifests that it accepts and refuses. The table runs through
 * validate.ts and through the real API server, which must agree on every line.
 */

const stake = { currency: "USD", min: "0.25", max: "100", step: "0.25", maxPayout: "10000" };

/** A Game that is accepted, changed at the given fields; undefined takes a field away. */
function game(spec: Fields = {}, metadata: Fields = {}): object {
  return manifest("Game", metadata, {
    engine: "coin-flip",
    config: { multiplier: "1.96" },
    returnToPlayer: { min: "0.96" },
    stakes: [stake],
    replicas: 2,
    ...spec,
  });
}

const many = (count: number, prefix = "a") =>
  Array.from({ length: count }, (_, i) => `${prefix}${i}`);
const manyFields = (count: number) => Object.fromEntries(many(count).map((name) => [name, "1"]));
const named = (name: string) => game({}, { name });
const withStake = (change: Fields) => game({ stakes: [{ ...stake, ...change }] });
const withTemplate = (template: Fields) => game({ template });
const withEnv = (name: string, value: unknown = "1") => withTemplate({ env: [{ name, value }] });
const withTimeout = (timeout: unknown) => game({ openRounds: { timeout } });
const scaled = (autoscaling: unknown) => game({ replicas: undefined, autoscaling });
const withEntropy = (entropy: unknown) => game({ fairness: { entropy } });

const names: readonly Case[] = [
  accept("a name of one letter", named("a")),
  accept("a name of 40 characters", named(`a${"b".repeat(39)}`)),
  accept("a name with digits and hyphens", named("lucky-7-s")),
  refuse("a name of 41 characters", named(`a${"b".repeat(40)}`)),
  refuse("a name that begins with a digit", named("7-up")),
  refuse("a name with a dot", named("lucky.slots")),
  refuse("a name with capitals", named("Lucky")),
  refuse("a name that ends with a hyphen", named("lucky-")),
  accept(
    "labels and annotations",
    game({}, { labels: { team: "a" }, annotations: { "a.b/c": "d" } }),
  ),
  refuse(
    "an annotation that is no text",
    game({}, { annotations: { "pitboss.dev/paused": true } }),
  ),
  refuse("a label that is no label", game({}, { labels: { team: "a b" } })),
  refuse("an unknown field of metadata", game({}, { label: {} })),
];

const engineAndConfig: readonly Case[] = [
  accept("the same engine in an update", game({ title: "New" }), game()),
  refuse("another engine in an update", game({ engine: "dice" }), game()),
  refuse("no engine", game({ engine: undefined })),
  refuse("an engine in capitals", game({ engine: "Dice" })),
  refuse("an engine of 41 characters", game({ engine: "d".repeat(41) })),
  accept("a title of 80 characters", game({ title: "é".repeat(80) })),
  refuse("a title of 81 characters", game({ title: "é".repeat(81) })),
  refuse("an empty title", game({ title: "" })),
  accept("a null where a field may be absent", game({ title: null })),
  accept("no config", game({ config: undefined })),
  accept("a null where there is a default", game({ config: null })),
  accept(
    "a config of any depth",
    game({ config: { pays: { cherry: { "3": "5" } }, lines: [[0, 1]] } }),
  ),
  accept("a config of 64 fields", game({ config: manyFields(64) })),
  refuse("a config of 65 fields", game({ config: manyFields(65) })),
  refuse("a config that is a list", game({ config: [] })),
  refuse("an unknown field of spec", game({ colour: "red" })),
];

const returns: readonly Case[] = [
  accept("fractions as a/b", game({ returnToPlayer: { min: "24/25", sideMin: "9/10", max: "1" } })),
  refuse("no returnToPlayer", game({ returnToPlayer: undefined })),
  refuse("no returnToPlayer.min", game({ returnToPlayer: {} })),
  refuse("a minimum that is a number", game({ returnToPlayer: { min: 0.96 } })),
  refuse("a minimum in per cent", game({ returnToPlayer: { min: "96%" } })),
  refuse("a minimum without a leading zero", game({ returnToPlayer: { min: ".96" } })),
  refuse("a minimum with two leading zeros", game({ returnToPlayer: { min: "00.96" } })),
  refuse("a negative minimum", game({ returnToPlayer: { min: "-1" } })),
  refuse("a minimum with an exponent", game({ returnToPlayer: { min: "1e-1" } })),
  refuse("a fraction over zero", game({ returnToPlayer: { min: "1/0" } })),
  refuse(
    "a side minimum that is no fraction",
    game({ returnToPlayer: { min: "0.9", sideMin: "some" } }),
  ),
  refuse("a maximum that is no fraction", game({ returnToPlayer: { min: "0.9", max: "all" } })),
  refuse(
    "an unknown field of returnToPlayer",
    game({ returnToPlayer: { min: "0.9", mean: "0.9" } }),
  ),
];

const stakes: readonly Case[] = [
  accept("a stake without a step", withStake({ step: undefined })),
  accept("a stake of 18 decimals", withStake({ currency: "ETH", min: "0.000000000000000001" })),
  accept("two currencies", game({ stakes: [stake, { ...stake, currency: "EUR" }] })),
  refuse("a currency twice", game({ stakes: [stake, stake] })),
  refuse("no stakes", game({ stakes: undefined })),
  refuse("an empty list of stakes", game({ stakes: [] })),
  refuse(
    "17 stakes",
    game({ stakes: many(17, "X").map((currency) => ({ ...stake, currency: `${currency}X` })) }),
  ),
  refuse("a currency in small letters", withStake({ currency: "usd" })),
  refuse("a currency of two letters", withStake({ currency: "US" })),
  refuse("a currency of 11 letters", withStake({ currency: "ABCDEFGHIJK" })),
  refuse("a stake without a maximum", withStake({ max: undefined })),
  refuse("a stake without maxPayout", withStake({ maxPayout: undefined })),
  refuse("an amount that is a number", withStake({ min: 0.25 })),
  refuse("an amount of zero", withStake({ min: "0.00" })),
  refuse("a negative amount", withStake({ max: "-1" })),
  refuse("an amount with an exponent", withStake({ max: "1e3" })),
  refuse("an amount with a leading zero", withStake({ max: "0100" })),
  refuse("an amount that ends with a point", withStake({ step: "1." })),
  refuse("an amount of 19 decimals", withStake({ min: "0.0000000000000000001" })),
  refuse("an amount of 21 digits", withStake({ maxPayout: "1".repeat(21) })),
  refuse("an amount with a blank", withStake({ maxPayout: " 1" })),
  refuse("an amount with a line break", withStake({ maxPayout: "1\n" })),
  refuse("an unknown field of a stake", withStake({ maximum: "1" })),
];

const rounds: readonly Case[] = [
  accept("a timeout in hours, minutes and seconds", withTimeout("1h30m15s")),
  accept("the shortest timeout", withTimeout("1s")),
  accept("the longest timeout", withTimeout("720h")),
  accept("the longest timeout in seconds", withTimeout("2592000s")),
  refuse("a timeout of zero", withTimeout("0s")),
  refuse("a timeout beyond the longest", withTimeout("720h1s")),
  refuse("a timeout without a unit", withTimeout("30")),
  refuse("a timeout in days", withTimeout("1d")),
  refuse("a timeout with a fraction", withTimeout("1.5h")),
  refuse("a timeout that is a number", withTimeout(30)),
  refuse("an empty timeout", withTimeout("")),
  accept("a Jackpot", game({ jackpots: [{ name: "mega" }] })),
  refuse("a Jackpot twice", game({ jackpots: [{ name: "mega" }, { name: "mega" }] })),
  refuse("a Jackpot without a name", game({ jackpots: [{}] })),
  refuse("a Jackpot whose name is none", game({ jackpots: [{ name: "Mega" }] })),
  accept("8 Jackpots", game({ jackpots: many(8).map((name) => ({ name })) })),
  refuse("9 Jackpots", game({ jackpots: many(9).map((name) => ({ name })) })),
  ...["Active", "Draining", "Suspended"].map((state) => accept(`state ${state}`, game({ state }))),
  refuse("an unknown state", game({ state: "Paused" })),
  accept("deletionPolicy Delete", game({ database: { deletionPolicy: "Delete" } })),
  refuse("an unknown deletionPolicy", game({ database: { deletionPolicy: "Keep" } })),
  accept("onReturnBreach Suspend", game({ monitoring: { onReturnBreach: "Suspend" } })),
  accept("onReturnBreach Alert", game({ monitoring: { onReturnBreach: "Alert" } })),
  accept("monitoring that says nothing", game({ monitoring: {} })),
  accept(
    "an acknowledged breach of the return",
    game({}, { annotations: { "pitboss.dev/return-acknowledged": "Ann: a wrong table, CAS-1" } }),
  ),
  accept("a Game with entropy", withEntropy({ chain: "dev" })),
  accept(
    "a Game that goes on without its chain",
    withEntropy({ chain: "dev", onChainDown: "Continue" }),
  ),
  refuse("entropy without a chain", withEntropy({})),
  refuse("entropy of a chain whose name is none", withEntropy({ chain: "Dev" })),
  refuse("an unknown onChainDown", withEntropy({ chain: "dev", onChainDown: "Weaken" })),
  refuse("an unknown onReturnBreach", game({ monitoring: { onReturnBreach: "Panic" } })),
];

const scale: readonly Case[] = [
  accept("a fixed number of pods", game({ replicas: 1 })),
  accept("no pods", game({ replicas: 0 })),
  accept("100 pods", game({ replicas: 100 })),
  refuse("101 pods", game({ replicas: 101 })),
  refuse("a negative number of pods", game({ replicas: -1 })),
  refuse("half a pod", game({ replicas: 1.5 })),
  refuse("a number of pods that is text", game({ replicas: "2" })),
  accept("a range with only a maximum", scaled({ max: 3 })),
  accept("a range of one number", scaled({ min: 3, max: 3, targetCPU: 100 })),
  refuse("neither replicas nor autoscaling", game({ replicas: undefined })),
  refuse("replicas and autoscaling", game({ autoscaling: { max: 3 } })),
  refuse(
    "kubectl scale on a Game with autoscaling",
    game({ autoscaling: { max: 3 } }),
    scaled({ max: 3 }),
  ),
  accept("a change from autoscaling to replicas", game(), scaled({ max: 3 })),
  refuse("a minimum above the maximum", scaled({ min: 4, max: 3 })),
  refuse("a range without a maximum", scaled({ min: 1 })),
  refuse("a range from zero", scaled({ min: 0, max: 3 })),
  refuse("a range to 101", scaled({ max: 101 })),
  refuse("a target above 100 per cent", scaled({ max: 3, targetCPU: 101 })),
  refuse("a target of zero", scaled({ max: 3, targetCPU: 0 })),
  refuse("an unknown field of autoscaling", scaled({ max: 3, targetMemory: 70 })),
];

const template: readonly Case[] = [
  accept(
    "resources as text and as numbers",
    withTemplate({ resources: { requests: { cpu: "100m", memory: "64Mi" }, limits: { cpu: 1 } } }),
  ),
  refuse(
    "a quantity without a meaning",
    withTemplate({ resources: { limits: { memory: "64 MB" } } }),
  ),
  refuse(
    "a resource that pods may not ask for",
    withTemplate({ resources: { limits: { "nvidia.com/gpu": 1 } } }),
  ),
  refuse("a quantity that is true", withTemplate({ resources: { limits: { cpu: true } } })),
  accept("a node selector", withTemplate({ nodeSelector: { "kubernetes.io/arch": "arm64" } })),
  refuse("a node selector that is no text", withTemplate({ nodeSelector: { gpu: true } })),
  refuse("17 node selectors", withTemplate({ nodeSelector: manyFields(17) })),
  accept(
    "a toleration of a key",
    withTemplate({ tolerations: [{ key: "games", effect: "NoSchedule" }] }),
  ),
  accept("a toleration of everything", withTemplate({ tolerations: [{ operator: "Exists" }] })),
  refuse("a toleration without a key", withTemplate({ tolerations: [{ value: "a" }] })),
  refuse(
    "a toleration with Exists and a value",
    withTemplate({ tolerations: [{ key: "a", operator: "Exists", value: "b" }] }),
  ),
  refuse(
    "a toleration of an unknown effect",
    withTemplate({ tolerations: [{ key: "a", effect: "Never" }] }),
  ),
  accept("a variable", withEnv("TZ", "UTC")),
  refuse("a variable of the platform", withEnv("PITBOSS_ISSUER")),
  refuse("a variable that loads code into the process", withEnv("NODE_OPTIONS", "--import=data:")),
  refuse("a variable that loads a library", withEnv("LD_PRELOAD")),
  refuse("a variable whose name has a hyphen", withEnv("MY-NAME")),
  refuse("a variable that is a number", withEnv("LEVEL", 1)),
  refuse("a variable without a value", withTemplate({ env: [{ name: "TZ" }] })),
  refuse(
    "a variable from a Secret",
    withTemplate({ env: [{ name: "TZ", value: "", valueFrom: {} }] }),
  ),
  refuse(
    "a variable twice",
    withTemplate({
      env: [
        { name: "A", value: "1" },
        { name: "A", value: "2" },
      ],
    }),
  ),
  refuse("a value of 1025 characters", withEnv("A", "a".repeat(1025))),
  refuse("an image", withTemplate({ image: "evil:latest" })),
];

export const cases: readonly Case[] = [
  ...names,
  ...engineAndConfig,
  ...returns,
  ...stakes,
  ...rounds,
  ...scale,
  ...template,
  ...jackpotCases,
  ...chainCases,
];
