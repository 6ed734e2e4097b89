import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { exportJWK, generateKeyPair, SignJWT } from "jose";
import { after, before, describe, it } from "mocha";
import { parseAllDocuments, stringify } from "yaml";
import { freePort } from "../../local/ports.ts";
import { until } from "../harness/until.ts";
import { standalone, startEnvoy } from "./envoy.ts";
import { tool } from "./tools.ts";
import { runs } from "./ways.ts";

/** The gateway's objects as Envoy Gateway itself translates them, in a real Envoy. */

const root = join(import.meta.dirname, "..", "..");
const issuer = "https://login.example.com";

interface Manifest {
  kind: string;
  metadata: { name: string; namespace?: string };
  spec: Record<string, unknown>;
}

const documents = (text: string) =>
  parseAllDocuments(text).map((document) => document.toJS() as Manifest);

describe("the gateway", () => {
  const work = mkdtempSync(join(tmpdir(), "pitboss-gateway-"));
  const log = join(work, "access.log");
  const seen: IncomingMessage[] = [];
  let upstream: Server;
  let envoy: { stop(): Promise<void> } | undefined;
  let url: string;
  let token: (player: string, audience?: string, until?: string) => Promise<string>;
  let translated: Translation;

  before(async () => {
    const { publicKey, privateKey } = await generateKeyPair("ES256");
    const jwks = JSON.stringify({
      keys: [{ ...(await exportJWK(publicKey)), kid: "a", alg: "ES256" }],
    });
    token = (player, audience = "pitboss", until = "5m") =>
      new SignJWT({})
        .setProtectedHeader({ alg: "ES256", kid: "a" })
        .setSubject(player)
        .setIssuer(issuer)
        .setAudience(audience)
        .setExpirationTime(until)
        .sign(privateKey);
    translated = await translate(work, jwks);
    upstream = createServer((request, response) => {
      seen.push(request);
      response.end("{}");
    }).listen(0, "127.0.0.1");
    const port = await freePort();
    const config = join(work, "envoy.json");
    const to = (upstream.address() as AddressInfo).port;
    const text = JSON.stringify(standalone(translated.configs, port, to));
    writeFileSync(config, text.replaceAll("/dev/stdout", log));
    const binary = await tool("envoy");
    await runs(binary, ["--mode", "validate", "-c", config, "--use-dynamic-base-id"]);
    envoy = await startEnvoy(binary, config, port);
    url = `http://127.0.0.1:${port}`;
  });

  after(async () => {
    await envoy?.stop();
    upstream?.close();
    rmSync(work, { recursive: true });
  });

  const get = async (path: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(url + path, { headers });
    await answer.text();
    return answer;
  };
  const as = async (player: string) => ({ authorization: `Bearer ${await token(player)}` });

  it("is accepted by Envoy Gateway, each policy and each route", () => {
    assert.deepEqual(translated.refused, []);
    assert.ok(translated.policies >= 4);
  });

  it("lets in who shows no token, because the catalogue is open to all", async () => {
    assert.equal((await get("/games")).status, 200);
  });

  it("answers 401 to a forged token, an expired one and to nonsense, and 403 to one for another audience", async () => {
    const { privateKey } = await generateKeyPair("ES256");
    const forged = new SignJWT({}).setProtectedHeader({ alg: "ES256", kid: "a" }).setSubject("ann");
    const wrong: [string, number][] = [
      [
        await forged
          .setIssuer(issuer)
          .setAudience("pitboss")
          .setExpirationTime("5m")
          .sign(privateKey),
        401,
      ],
      [await token("ann", "pitboss", "-5m"), 401],
      ["nonsense", 401],
      [await token("ann", "another"), 403],
    ];
    for (const [bearer, expected] of wrong) {
      const bothered = seen.length;
      const { status } = await get("/wallet", { authorization: `Bearer ${bearer}` });
      assert.equal(status, expected, bearer);
      assert.equal(seen.length, bothered, "a pod was bothered with it");
    }
  });

  it("answers 200 to a good one and tells the pods which player it is, whatever the client says", async () => {
    const headers = { ...(await as("bea")), "x-pitboss-player": "somebody-else" };
    assert.equal((await get("/wallet", headers)).status, 200);
    assert.equal(seen.at(-1)?.headers["x-pitboss-player"], "bea");
  });

  it("answers 429 to one player who asks too often, and 200 to the next one", async () => {
    const headers = await as("carl");
    const answers = await Promise.all(Array.from({ length: 80 }, () => get("/wallet", headers)));
    const statuses = answers.map(({ status }) => status);
    assert.ok(statuses.includes(429), "nothing was refused");
    assert.ok(statuses.filter((status) => status === 200).length >= 20);
    assert.deepEqual([...new Set(statuses)].toSorted(), [200, 429]);
    assert.equal((await get("/wallet", await as("dora"))).status, 200);
  });

  it("lets the casino's own pages ask, and no others", async () => {
    const preflight = (origin: string) =>
      fetch(`${url}/wallet`, {
        method: "OPTIONS",
        headers: { origin, "access-control-request-method": "POST" },
      });
    const ours = await preflight("https://play.example.com");
    assert.equal(ours.headers.get("access-control-allow-origin"), "https://play.example.com");
    const others = await preflight("https://evil.example.net");
    assert.equal(others.headers.get("access-control-allow-origin"), null);
  });

  it("logs who asked for what in JSON lines, and no token", async () => {
    const headers = await as("emil");
    await get("/wallet?secret=1", headers);
    const lines = await until("Envoy has written its log", async () => {
      const text = readFileSync(log, "utf8");
      return text.includes("/wallet") && text;
    });
    assert.ok(!lines.includes(headers.authorization.slice(-20)) && !lines.includes("secret=1"));
    const last = JSON.parse(lines.trim().split("\n")[0] ?? "");
    assert.deepEqual(Object.keys(last).toSorted(), [
      "flags",
      "method",
      "ms",
      "path",
      "status",
      "time",
      "upstream",
    ]);
  });

  it("refuses paths that are written to look like others", async () => {
    assert.equal((await get("/games%2f..%2fwallet")).status, 400);
  });
});

interface Translation {
  readonly configs: Parameters<typeof standalone>[0];
  readonly refused: readonly string[];
  readonly policies: number;
}

/** Our objects, with keys of this test's own, through Envoy Gateway's translator. */
async function translate(work: string, jwks: string): Promise<Translation> {
  const kustomized = await runs(await tool("kubectl"), [
    ...["kustomize", join(root, "manifests", "gateway")],
  ]);
  const objects = [
    ...documents(kustomized),
    ...documents(readFileSync(join(root, "manifests", "base", "gateway.yaml"), "utf8")),
    ...documents(readFileSync(join(import.meta.dirname, "gateway", "surroundings.yaml"), "utf8")),
  ].map((object) => withKeys(object, jwks));
  const input = join(work, "objects.yaml");
  writeFileSync(input, objects.map((object) => stringify(object)).join("---\n"));
  const text = await runs(await tool("egctl"), [
    ...["x", "translate", "--from", "gateway-api", "--to", "gateway-api,xds", "-t", "all"],
    ...["-o", "json", "-f", input, "-n", "pitboss"],
  ]);
  const output = JSON.parse(text) as Output;
  const judged = [
    ...(output.securityPolicies ?? []),
    ...(output.backendTrafficPolicies ?? []),
    ...(output.clientTrafficPolicies ?? []),
    ...(output.httpRoutes ?? []),
  ];
  return {
    configs: output.xds["pitboss/pitboss"]?.configs ?? [],
    policies: judged.length,
    refused: judged.flatMap(({ kind, metadata, status }) =>
      [...(status?.ancestors ?? []), ...(status?.parents ?? [])]
        .flatMap(({ conditions }) => conditions)
        .filter(({ type, status: state }) => type === "Accepted" && state !== "True")
        .map(({ message }) => `${kind} ${metadata.name}: ${message}`),
    ),
  };
}

interface Judgement {
  readonly conditions: readonly { type: string; status: string; message: string }[];
}

interface Judged extends Manifest {
  readonly status?: { readonly ancestors?: Judgement[]; readonly parents?: Judgement[] };
}

interface Output {
  readonly securityPolicies?: Judged[];
  readonly backendTrafficPolicies?: Judged[];
  readonly clientTrafficPolicies?: Judged[];
  readonly httpRoutes?: Judged[];
  readonly xds: Record<string, { configs: Parameters<typeof standalone>[0] }>;
}

/** The translator knows no labels of namespaces, and there is no login service to ask for keys. */
function withKeys(object: Manifest, jwks: string): Manifest {
  const changed = structuredClone(object);
  if (changed.kind === "Gateway") {
    for (const listener of changed.spec["listeners"] as { allowedRoutes: object }[]) {
      listener.allowedRoutes = { namespaces: { from: "All" } };
    }
  }
  const jwt = changed.spec["jwt"] as { providers: Record<string, unknown>[] } | undefined;
  for (const provider of jwt?.providers ?? []) {
    delete provider["remoteJWKS"];
    provider["localJWKS"] = { type: "Inline", inline: jwks };
  }
  return changed;
}
