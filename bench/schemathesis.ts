import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Json } from "../games/game.ts";
import { exampleConfig } from "../games/testing.ts";
import { userCache } from "../local/user-cache.ts";
import { type TestIssuer, testIssuer } from "../runtime/testing.ts";
import { mountSecret } from "../runtime/testing-secret.ts";
import { type TestDatabase, testDatabase } from "../test/harness/database.ts";
import { type ListedGame, listedGame } from "../test/harness/game.ts";
import { startProcess } from "../test/harness/process.ts";
import { stopAll } from "../test/harness/session.ts";
import { until } from "../test/harness/until.ts";
import { print } from "./figure.ts";

const VERSION = "4.32.5";
/** A game of many steps and one of a single one. */
const ENGINES = ["mines", "dice"];
const EXAMPLES = 100;
/** These go on until their reader leaves, so a request that waits for their end never has its answer. */
const ENDLESS = ["/jackpots/stream"];
/** What an answer must hold to. Refusing what the schema allows is no fault: a stake has limits of its own. */
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
  "negative_data_rejection",
  "missing_required_header",
  "unsupported_method",
  "allow_header_conformance",
  "ignored_auth",
];

/** What the documents leave to the games, whose schemas allow any stake in any currency, and chances of none. */
const TOLD: { readonly [field: string]: Json[] } = {
  currency: ["USD"],
  stake: ["1.00", "2.00", "100.00"],
  amount: ["25.00", "-1.00"],
  over: ["49.50"],
  under: ["50.50"],
};

/** A service under test, and who calls it. */
interface Subject {
  readonly name: string;
  readonly url: string;
  readonly document: string;
  readonly token: string;
  stop(): Promise<void>;
}

/** One run against one service. */
interface Run {
  readonly subject: string;
  readonly requests: number;
  readonly failures: number;
  readonly conforms: boolean;
}

/**
 * Calls every path of two runtimes' and the lobby's OpenAPI documents, with what their schemas allow and
 * with what they do not: no 5xx, and every answer is as the document says. Throws where one is not.
 */
export async function schemathesis(): Promise<void> {
  const command = await installed();
  const database = await testDatabase();
  try {
    const issuer = await testIssuer();
    const runs: Run[] = [];
    let rounds = 0;
    for (const engine of ENGINES) {
      const game = await listedGame(database, engine, exampleConfig(engine));
      runs.push(...(await judged(command, await runtime(game, issuer))));
      const text = `SELECT count(*)::int AS n FROM "${game.schema}".rounds`;
      rounds += (await game.operator.query(text)).rows[0].n;
      await game.close();
    }
    runs.push(...(await judged(command, await lobby(database, issuer))));
    report(runs, rounds);
  } finally {
    await database.drop();
    await stopAll();
  }
}

function report(runs: readonly Run[], rounds: number): void {
  const sum = (of: (run: Run) => number) => runs.map(of).reduce((a, b) => a + b, 0);
  print({
    bench: "schemathesis",
    figure: sum(({ failures }) => failures),
    unit: "requests answered other than documented",
    reference: sum(({ requests }) => requests),
    referenceIs: "all requests",
    rounds,
    version: VERSION,
    runs: runs.map(({ subject, requests }) => ({ subject, requests })),
  });
  const bad = runs.filter(({ conforms }) => !conforms).map(({ subject }) => subject);
  if (bad.length > 0)
    throw new Error(`these do not do what their documents say: ${bad.join(", ")}`);
  if (rounds === 0) throw new Error("no round was played: the requests reached nothing");
}

/** The schemathesis of this version, from PyPI where the user's cache has none yet. */
async function installed(): Promise<string> {
  const directory = join(userCache(), "schemathesis", VERSION);
  const command = join(directory, "bin", "schemathesis");
  if (existsSync(command)) return command;
  await mkdir(directory, { recursive: true });
  await ended("python3", ["-m", "venv", directory]);
  const pip = join(directory, "bin", "pip");
  await ended(pip, [
    "install",
    "--quiet",
    "--disable-pip-version-check",
    `schemathesis==${VERSION}`,
  ]);
  return command;
}

/** Runs a command whose words are for people; throws where it fails. */
async function ended(command: string, args: readonly string[]): Promise<void> {
  const code = await exitOf(command, args);
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}`);
}

function exitOf(command: string, args: readonly string[]): Promise<number | null> {
  // Standard output is for the one line of JSON.
  const child = spawn(command, args, { stdio: ["ignore", process.stderr, process.stderr] });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("exit", resolve);
  });
}

async function runtime(game: ListedGame, issuer: TestIssuer): Promise<Subject> {
  const { engine, config, revision } = game.compiled;
  const file = { engine: engine.name, engineVersion: engine.version, config, revision };
  const secret = await mountSecret(game.url, {
    "revision.json": JSON.stringify(file),
    "seed-key": game.seedKey.toString("hex"),
  });
  const more = {
    PITBOSS_GAME: game.name,
    PITBOSS_NAMESPACE: game.namespace,
    PITBOSS_REVISION_FILE: join(secret.directory, "revision.json"),
    PITBOSS_SEED_KEY_FILE: join(secret.directory, "seed-key"),
  };
  const token = await issuer.token(await game.player(1_000_000_000_000n), inAnHour());
  const started = await service("runtime/main.ts", issuer, secret, more);
  return {
    ...started,
    name: engine.name,
    document: `/games/${game.name}/openapi.json`,
    token,
  };
}

async function lobby(database: TestDatabase, issuer: TestIssuer): Promise<Subject> {
  const secret = await mountSecret(database.lobbyUrl);
  const token = await issuer.token("back-end", { ...inAnHour(), scope: "cashier administrator" });
  const started = await service("lobby/main.ts", issuer, secret);
  return { ...started, name: "lobby", document: "/openapi.json", token };
}

function inAnHour(): { exp: number } {
  return { exp: Math.floor(Date.now() / 1000) + 3600 };
}

async function service(
  main: string,
  issuer: TestIssuer,
  secret: Awaited<ReturnType<typeof mountSecret>>,
  more: Record<string, string> = {},
) {
  const started = await startProcess(main, {
    PITBOSS_DATABASE_DIR: secret.directory,
    PITBOSS_ISSUER: issuer.issuer,
    PITBOSS_AUDIENCE: issuer.audience,
    PITBOSS_JWKS: issuer.jwks,
    PITBOSS_LOG_LEVEL: "warn",
    ...more,
  });
  await until(`${main} is ready`, async () => (await started.readyz()).status === 200);
  return {
    url: started.url,
    async stop() {
      await started.end();
      await secret.remove();
      process.stderr.write(started.output());
    },
  };
}

/** Once with the document as it is served, once with stakes and currencies that the service takes. */
async function judged(command: string, subject: Subject): Promise<Run[]> {
  const directory = await mkdtemp(join(tmpdir(), "pitboss-schemathesis-"));
  const { name, url, document: path } = subject;
  try {
    const told = join(directory, "told.json");
    const document = (await (await fetch(url + path)).json()) as Json;
    await writeFile(told, JSON.stringify(withTold(document)));
    const run = async (title: string, ...args: string[]): Promise<Run> => {
      const report = join(directory, "report.json");
      const code = await exitOf(command, ["run", ...args, ...settings(subject, report)]);
      return { subject: title, conforms: code === 0, ...counted(await readFile(report, "utf8")) };
    };
    return [
      await run(name, url + path),
      // Another stake of the same form is taken as well, so that only what is allowed can be tried.
      await run(`${name}, told what it takes`, told, "--url", url, "--mode", "positive"),
    ];
  } finally {
    await subject.stop();
    await rm(directory, { recursive: true });
  }
}

function settings({ token }: Subject, report: string): string[] {
  return [
    ...["--header", `Authorization: Bearer ${token}`],
    ...ENDLESS.flatMap((path) => ["--exclude-path", path]),
    ...["--checks", CHECKS.join(), "--max-examples", String(EXAMPLES), "--seed", "1"],
    ...["--report", "json", "--report-json-path", report, "--generation-database", "none"],
    ...["--continue-on-failure", "--no-color", "--warnings", "off"],
  ];
}

/** The document with TOLD for the schemas of the fields of those names, in requests. */
function withTold(document: Json, inRequest = false): Json {
  if (document === null || typeof document !== "object") return document;
  if (Array.isArray(document)) return document.map((it) => withTold(it, inRequest));
  const entries = Object.entries(document).map(([name, it]): [string, Json] => {
    const values = inRequest ? TOLD[name] : undefined;
    const isSchema = it !== null && typeof it === "object" && "type" in it;
    return [
      name,
      values && isSchema ? { enum: values } : withTold(it, inRequest || name === "requestBody"),
    ];
  });
  return Object.fromEntries(entries);
}

function counted(report: string): { requests: number; failures: number } {
  const { test_cases: cases } = JSON.parse(report);
  return { requests: cases.generated, failures: cases.with_failures + cases.errored };
}
