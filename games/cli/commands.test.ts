import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "mocha";

const games = join(import.meta.dirname, "..");
const vectors = join(games, "..", "docs", "fairness-vectors.json");
const win = join(games, "..", "docs", "fairness-jackpot-win.json");

function run(command: string, args: string[], input = "") {
  const script = join(games, "cli", `${command}.ts`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    input,
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

const coin = join(games, "coin-flip", "game.yaml");
const manifest = readFileSync(coin, "utf8");
const proof = JSON.parse(readFileSync(vectors, "utf8")).proof;
const winProof = JSON.parse(readFileSync(win, "utf8"));

describe("npm run math", () => {
  it("prints one JSON with the exact figures", () => {
    const { status, stdout, stderr } = run("math", [coin]);
    assert.deepEqual([status, stderr], [0, ""]);
    const { ms, revision, ...figures } = JSON.parse(stdout);
    assert.ok(ms >= 0);
    assert.match(revision, /^[0-9a-f]{16}$/);
    assert.deepEqual(figures, {
      engine: "coin-flip",
      version: "1.0.0",
      returns: [{ bet: {}, rtp: "49/50", decimal: "0.98", variance: "2401/2500", hitRate: "1/2" }],
      rtp: { min: "49/50", max: "49/50" },
      worstStake: {
        USD: { stake: "0.25", rtp: "49/50", bet: {} },
        EUR: { stake: "0.25", rtp: "49/50", bet: {} },
        BTC: { stake: "0.00001000", rtp: "49/50", bet: {} },
      },
      maxMultiplier: "49/25",
    });
  });

  it("prints the figures when the gate refuses them", () => {
    const { status, stdout } = run("math", ["-"], manifest.replace('"1.96"', '"1.5"'));
    assert.equal(status, 0);
    assert.deepEqual(JSON.parse(stdout).rtp, { min: "3/4", max: "3/4" });
  });

  it("shows base, jackpot and total return apart, each currency by itself", () => {
    const jackpot = (name: string, currency: string, contribution: string) => `---
apiVersion: pitboss.dev/v1alpha1
kind: Jackpot
metadata: { name: ${name}, namespace: casino }
spec: { currency: ${currency}, contribution: "${contribution}" }
`;
    const named = ["mega", "minor", "euro", "lost"].map((name) => `{ name: ${name} }`);
    const text = [
      `${manifest}  jackpots: [${named}]\n`,
      jackpot("mega", "USD", "0.01"),
      jackpot("minor", "USD", "1/200"),
      jackpot("euro", "EUR", "0.02"),
      jackpot("another", "USD", "0.5"),
    ];
    const { status, stdout, stderr } = run("math", ["-"], text.join(""));
    assert.deepEqual([status, stderr], [0, ""]);
    const { rtp, jackpots, jackpotsNotGiven } = JSON.parse(stdout);
    assert.deepEqual(rtp, { min: "49/50", max: "49/50" });
    assert.deepEqual(jackpots, {
      USD: {
        ...{ names: ["mega", "minor"], contribution: "3/200" },
        rtp: { min: "199/200", max: "199/200" },
      },
      EUR: { names: ["euro"], contribution: "1/50", rtp: { min: "1", max: "1" } },
    });
    assert.deepEqual(jackpotsNotGiven, ["lost"]);
  });

  it("takes Jackpots from further files, and says which are not given", () => {
    const keno = join(games, "keno", "game.yaml");
    const lucky = join(games, "..", "jackpots", "lucky.yaml");
    assert.deepEqual(JSON.parse(run("math", [keno]).stdout).jackpotsNotGiven, ["lucky"]);
    const { jackpots, jackpotsNotGiven } = JSON.parse(run("math", [keno, lucky]).stdout);
    assert.deepEqual([jackpots.USD.contribution, jackpotsNotGiven], ["1/200", undefined]);
  });

  const faults: [string, string[], string, RegExp][] = [
    [
      "a Jackpot without its part",
      ["-"],
      `${manifest}---\nkind: Jackpot\nmetadata: { name: mega }\nspec: { currency: USD }\n`,
      /^-: spec\.contribution: Jackpot mega: write a part of the stake in quotes/,
    ],
    ["no path", [], "", /^usage: npm run --silent math -- PATH \[JACKPOT…\]$/],
    ["a missing file", ["nowhere.yaml"], "", /^nowhere\.yaml: there is no such file$/],
    ["a folder", [games], "", /it is a folder, name a file in it$/],
    ["an unknown option", ["--fast", coin], "", /'--fast'[\s\S]*usage: /],
    ["no YAML", ["-"], "a: [", /^-: it is not YAML: /],
    [
      "an unknown engine",
      ["-"],
      manifest.replace("engine: coin-flip", "engine: craps"),
      /^-: spec\.engine: there is no engine "craps"; use one of /,
    ],
    [
      "a refused configuration",
      ["-"],
      manifest.replace('"1.96"', "1.96"),
      /^-: spec\.config\.multiplier: 1\.96 must be string, write it in quotes/,
    ],
  ];
  for (const [name, args, input, message] of faults) {
    it(`says what to do about ${name}, without a stack trace`, () => {
      const { status, stdout, stderr } = run("math", args, input);
      assert.deepEqual([status, stdout], [1, ""]);
      assert.match(stderr.trim(), message);
      assert.doesNotMatch(stderr, /\n +at /);
    });
  }
});

describe("npm run simulate", () => {
  it("prints what was played, and the same again for the same seed", () => {
    const once = () => {
      const { stdout } = run("simulate", [coin, "--rounds", "100000", "--seed", "s"]);
      const { roundsPerSecond, ...rest } = JSON.parse(stdout);
      assert.ok(roundsPerSecond > 0);
      return rest;
    };
    const played = once();
    assert.deepEqual(Object.keys(played), [
      "rounds",
      "rtp",
      "standardError",
      "exact",
      "sigmas",
      "seed",
    ]);
    assert.equal(played.exact, "49/50");
    assert.ok(Math.abs(played.sigmas) < 4);
    assert.deepEqual(once(), played);
  });

  for (const rounds of [[], ["--rounds", "1e6"], ["--rounds", "0"]]) {
    it(`wants a number of rounds, not ${rounds.join(" ") || "nothing"}`, () => {
      const { status, stderr } = run("simulate", [coin, ...rounds]);
      assert.equal(status, 1);
      assert.match(stderr, /^--rounds: give a whole number/);
    });
  }
});

describe("npm run verify", () => {
  it("says that a proof is the round that was played", () => {
    const { status, stdout } = run("verify", ["-"], JSON.stringify(proof));
    assert.equal(status, 0);
    assert.match(
      stdout,
      /^ok: round 01938f5e-\S+ of mines is the round that was played\nstaked 2\.00 USD, paid 2\.94 USD/,
    );
  });

  it("says in what another proof disagrees", () => {
    const { status, stderr } = run("verify", ["-"], JSON.stringify({ ...proof, payout: "9.99" }));
    assert.equal(status, 1);
    assert.match(
      stderr,
      /\/payout: the seeds and actions give 2\.94, not 9\.99\n.*this is not the round that was played/,
    );
  });

  it("says that a proof is of the jackpot that was won, or in what it disagrees", () => {
    const won = run("verify", [win]);
    assert.equal(won.status, 0, won.stderr);
    assert.match(won.stdout, /^ok: round \S+ of coin-flip won the jackpot casino\/mega\nit paid /);
    const { status, stderr } = run("verify", ["-"], JSON.stringify({ ...winProof, amount: "1" }));
    assert.equal(status, 1);
    assert.match(
      stderr,
      /\/amount: the pool rounded up is .*\n.*this is not the win that was paid/,
    );
  });

  it("says when a file holds no proof", () => {
    assert.match(run("verify", ["-"], "{").stderr, /^-: it is not JSON: /);
    assert.match(run("verify", [vectors]).stderr, /is required, add it/);
  });
});
