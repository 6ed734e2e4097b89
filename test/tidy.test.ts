import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, it } from "mocha";

/** The style that neither the compiler nor the linter can hold. */

const root = join(import.meta.dirname, "..");
const left = ["node_modules/**", ".git/**", "**/generated/**"];

function files(...patterns: string[]): string[] {
  return patterns.flatMap((pattern) => globSync(pattern, { cwd: root, exclude: left })).toSorted();
}

function textOf(file: string): string {
  return readFileSync(join(root, file), "utf8");
}

/** Each line of the files that has the word, as `file:line`. */
function linesWith(word: RegExp, among: readonly string[]): string[] {
  return among.flatMap((file) =>
    textOf(file)
      .split("\n")
      .flatMap((line, index) => (word.test(line) ? [`${file}:${index + 1}`] : [])),
  );
}

const code = files("**/*.ts");
const tests = code.filter((file) => file.endsWith(".test.ts"));
const sources = code.filter((file) => !file.endsWith(".test.ts"));
const within = (folder: RegExp) => sources.filter((file) => folder.test(file));

const mostLines = 320;

/** Spelt in parts, so that this file does not find itself. */
const banned: readonly { word: RegExp; where: readonly string[]; instead: string }[] = [
  {
    word: new RegExp(
      `\\b(${["TO", "FIX"].map((start) => `${start}${start === "TO" ? "DO" : "ME"}`).join("|")})\\b`,
    ),
    where: files("**/*.{ts,js,sql,yaml,sh}", "*.js"),
    instead: "do it, or file an issue",
  },
  {
    word: /Math\.random/,
    // The sweeper spreads its looks over time; nothing that a player sees comes from it.
    where: within(/^(games|lobby|runtime\/(?!sweeper))/),
    instead: "draws come from the seed pair, ids and keys from node:crypto",
  },
  {
    word: /\bparseFloat\(/,
    where: within(/^(games|runtime|lobby|operator)\//),
    instead: "money is bigint and odds are fractions: parseAmount, parseFraction",
  },
  {
    word: /\bNumber\((stake|amount|payout|balance|paid|staked|debit|credit)/i,
    // Prometheus has only floats, and an engine counts in first stakes.
    where: within(/^(crds|runtime|lobby|operator|games(?=\/[^/]+$))\//).filter(
      (file) => !file.endsWith("metrics.ts"),
    ),
    instead: "money never becomes a float: keep the bigint, format it with formatAmount",
  },
  {
    word: /\b(Date\.now\(|new Date\(|performance\.now\()/,
    where: within(/^games\/(?!cli\/|prover|proof-worker|simulate)/),
    instead: "engines have no clock; pass the tick in",
  },
  {
    word: /\b(describe|it)\.(only|skip)\(/,
    where: tests,
    instead: "every test runs",
  },
];

describe("the repository", () => {
  for (const { word, where, instead } of banned) {
    it(`has no ${word.source}: ${instead}`, () => {
      assert.deepEqual(linesWith(word, where), []);
    });
  }

  it(`has no source file over ${mostLines} lines`, () => {
    const long = within(/^(?!test\/)/).filter(
      (file) => textOf(file).split("\n").length > mostLines,
    );
    assert.deepEqual(long, []);
  });

  it("has only links that lead somewhere in its pages", () => {
    const broken = files("**/*.md", ".github/**/*.md").flatMap((file) =>
      [...textOf(file).matchAll(/\]\((?!https?:|#)([^)#\s]+)[^)]*\)/g)]
        .map(([, target = ""]) => target)
        .filter((target) => !existsSync(join(root, dirname(file), target)))
        .map((target) => `${file}: ${target}`),
    );
    assert.deepEqual(broken, []);
  });

  it("names only files that exist in its pages", () => {
    const named =
      /`((?:crds|operator|runtime|games|lobby|local|manifests|docs|test|bench)\/[\w./-]+\.\w+)`/g;
    const missing = files("*.md", "docs/**/*.md").flatMap((file) =>
      [...textOf(file).matchAll(named)]
        .map(([, path = ""]) => path)
        .filter((path) => !existsSync(join(root, path)))
        .map((path) => `${file}: ${path}`),
    );
    assert.deepEqual(missing, []);
  });

  it("has a runbook for every alert, and for no other", () => {
    const rules = files(
      "operator/*/resources/prometheus-rule.ts",
      "manifests/monitoring/rules/*.yaml",
    );
    const alerts = rules.flatMap((file) =>
      [...textOf(file).matchAll(/alert: "?(Pitboss\w+)/g)].map(([, name]) => `${name}.md`),
    );
    assert.ok(alerts.length > 20);
    const pages = files("docs/runbooks/*.md").map((page) => page.replace("docs/runbooks/", ""));
    assert.deepEqual(pages, [...new Set(alerts)].toSorted());
  });

  it("routes only alerts that exist", () => {
    const values = textOf("manifests/monitoring/values/kube-prometheus-stack.yaml");
    const missing = [...values.matchAll(/\bPitboss\w+/g)]
      .map(([name]) => `docs/runbooks/${name}.md`)
      .filter((page) => !existsSync(join(root, page)));
    assert.deepEqual(missing, []);
  });
});
