import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { after, before, describe, it } from "mocha";
import { parseAllDocuments } from "yaml";
import { type Manifest, readManifests } from "../../local/install/documents.ts";
import { startCluster } from "../harness/control-plane.ts";
import { tool } from "./tools.ts";
import { writeValueSets } from "./value-sets.ts";
import { runs } from "./ways.ts";

const root = join(import.meta.dirname, "..", "..");
const operator = "system:serviceaccount:pitboss:pitboss-operator";
const controller = "system:serviceaccount:kube-system:deployment-controller";
const ingress = "system:serviceaccount:infra:controller";
const staff = "dana";
const digest = `registry.example.com/pitboss@sha256:${"0".repeat(64)}`;

let work: string;
let kubectl: (...args: string[]) => Promise<string>;

/** The policies on a real API server, by what each user may do. */
describe("admission", function () {
  this.timeout(600_000);

  before(async () => {
    work = mkdtempSync(join(tmpdir(), "pitboss-admission-"));
    const program = await tool("kubectl");
    const { plane } = await startCluster();
    kubectl = (...args) => runs(program, [`--kubeconfig=${plane.kubeconfig}`, ...args]);
    const sets = writeValueSets(work);
    const full = sets.find(({ name }) => name === "every option on") ?? assert.fail();
    const objects = parseAllDocuments(await full.render(await tool("helm")), { merge: true })
      .map((document) => document.toJS() as Manifest | null)
      .filter((object) => object !== null);
    const wanted = /^(Namespace|CustomResourceDefinition|ClusterRole|.*Admission.*)$/;
    await apply(objects.filter(({ kind }) => wanted.test(kind)));
    const editors = [staff, operator, controller, ingress].map((user) => `--user=${user}`);
    const binding = ["rolebinding", "editors", "-n=casino", "--clusterrole=edit"];
    await kubectl("create", ...binding, ...editors);
    await kubectl(
      "create",
      "secret",
      "generic",
      "platform-key",
      "-n=pitboss",
      "--from-literal=key=00",
    );
    await apply([
      service("lucky", { "app.kubernetes.io/managed-by": "pitboss" }),
      service("own", {}),
    ]);
    await untilInForce();
  });
  after(() => rmSync(work, { recursive: true, force: true }));

  describe("of what a Game owns", () => {
    const change = (name: string, as: string) =>
      kubectl(
        "annotate",
        "--dry-run=server",
        "--overwrite",
        "service",
        name,
        "-n=casino",
        "a=b",
        `--as=${as}`,
      );

    for (const user of [operator, controller, ingress]) {
      it(`lets ${user} change it`, () => succeeds(() => change("lucky", user)));
    }
    it("lets nobody else, who may edit all the rest", async () => {
      await refuses(
        () => change("lucky", staff),
        /Service lucky belongs to a Game, Jackpot or Chain/,
      );
      await succeeds(() => change("own", staff));
    });
    it("is not misled by the label taken off, put on, or by deletion", async () => {
      const label = (name: string, value: string) =>
        kubectl(
          "label",
          "--dry-run=server",
          "--overwrite",
          "service",
          name,
          "-n=casino",
          value,
          `--as=${staff}`,
        );
      await refuses(() => label("lucky", "app.kubernetes.io/managed-by-"), /belongs to a Game/);
      await refuses(
        () => label("own", "app.kubernetes.io/managed-by=pitboss"),
        /belongs to a Game/,
      );
      const deletion = ["delete", "--dry-run=server", "service", "lucky", "-n=casino"];
      await refuses(() => kubectl(...deletion, `--as=${staff}`), /belongs to a Game/);
    });
    it("lets a cluster administrator in an emergency", () =>
      succeeds(() => kubectl("label", "--dry-run=server", "service", "lucky", "-n=casino", "a=b")));
  });

  describe("of what cannot be made again", () => {
    const losses = [
      ["secret", "platform-key", "-n=pitboss"],
      ["namespace", "casino"],
      ["crd", "games.pitboss.dev"],
    ] as const;

    for (const [kind, name, ...where] of losses) {
      it(`keeps the ${kind} ${name} even from administrators, until they say so on it`, async () => {
        const remove = () => kubectl("delete", "--dry-run=server", kind, name, ...where);
        await refuses(remove, /cannot be made again/);
        const note = "pitboss.dev/may-be-deleted";
        await kubectl("annotate", kind, name, ...where, `${note}=true`);
        await succeeds(remove);
        await kubectl("annotate", kind, name, ...where, `${note}-`);
      });
    }
    it("lets the platform's key have labels and no other value", async () => {
      const patch = (body: object) =>
        kubectl(
          "patch",
          "--dry-run=server",
          "secret",
          "platform-key",
          "-n=pitboss",
          "-p",
          JSON.stringify(body),
        );
      await succeeds(() => patch({ metadata: { labels: { backup: "done" } } }));
      await refuses(() => patch({ stringData: { key: "11" } }), /cannot be made again/);
    });
    it("leaves other namespaces alone", async () => {
      await kubectl("create", "namespace", "other");
      await succeeds(() => kubectl("delete", "--dry-run=server", "namespace", "other"));
    });
  });

  describe("of Games", () => {
    async function game(change: (spec: Record<string, unknown>) => void): Promise<string> {
      const [example] = await readManifests(join(root, "games/coin-flip/game.yaml"));
      const spec = structuredClone((example as unknown as { spec: Record<string, unknown> }).spec);
      change(spec);
      return apply([{ ...(example ?? assert.fail()), spec }], "--dry-run=server", `--as=${staff}`);
    }
    const template = (value: object) => game((spec) => Object.assign(spec, { template: value }));

    it("lets staff have one, on machines of their choice", async () => {
      await succeeds(() => game(() => {}));
      await succeeds(() =>
        template({
          tolerations: [{ key: "games", operator: "Exists" }],
          nodeSelector: { disk: "fast" },
        }),
      );
    });
    const beside = [
      { tolerations: [{ operator: "Exists" }] },
      { tolerations: [{ key: "node-role.kubernetes.io/control-plane", operator: "Exists" }] },
      { nodeSelector: { "pitboss.dev/bare-metal": "true" } },
    ];
    for (const wish of beside) {
      it(`refuses ${JSON.stringify(wish)}`, () => refuses(() => template(wish), /control plane's/));
    }
    it("refuses one whose records would go with it", () =>
      refuses(
        () => game((spec) => Object.assign(spec, { database: { deletionPolicy: "Delete" } })),
        /records of rounds outlive their Game/,
      ));
  });

  describe("of pods", () => {
    it("wants images by digest, from our registry", async () => {
      await succeeds(() => pod("casino", digest));
      await refuses(() => pod("casino", "registry.example.com/pitboss:1.0"), /named by digest/);
      await refuses(
        () => pod("casino", `elsewhere.example.com/x@sha256:${"0".repeat(64)}`),
        /images come from/,
      );
    });
    it("gives chains folders of their machine and nothing else of it", async () => {
      const folder = (path: string) => ({
        volumes: [{ name: "data", hostPath: { path, type: "Directory" } }],
      });
      await succeeds(() => pod("pitboss-chain", digest, folder("/srv/pitboss/mainnet")));
      await refuses(() => pod("pitboss-chain", digest, folder("/etc")), /nothing of the machine/);
      await refuses(() => pod("pitboss-chain", digest, { hostNetwork: true }), /network/);
      await refuses(() => pod("pitboss-chain", digest, { securityContext: {} }), /not root/);
    });
  });
});

function apply(items: readonly object[], ...more: string[]): Promise<string> {
  const file = join(work, "objects.json");
  writeFileSync(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
  return kubectl("apply", "--server-side", "--force-conflicts", `--filename=${file}`, ...more);
}

const service = (name: string, labels: Record<string, string>) => ({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name, namespace: "casino", labels },
  spec: { ports: [{ port: 80 }] },
});

function pod(namespace: string, image: string, more: object = {}): Promise<string> {
  const restricted = {
    allowPrivilegeEscalation: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  };
  const spec = {
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [{ name: "one", image, securityContext: restricted }],
    ...more,
  };
  const metadata = { name: "pod", namespace };
  return apply([{ apiVersion: "v1", kind: "Pod", metadata, spec }], "--dry-run=server");
}

async function succeeds(work: () => Promise<string>): Promise<void> {
  await work();
}

async function refuses(work: () => Promise<string>, words: RegExp): Promise<void> {
  await assert.rejects(work, ({ message }: Error) => {
    assert.match(message, words);
    return true;
  });
}

/** The API server takes up a policy some time after it was written. */
async function untilInForce(): Promise<void> {
  const probes = [
    () => kubectl("delete", "--dry-run=server", "crd", "games.pitboss.dev"),
    () =>
      kubectl("label", "--dry-run=server", "service", "lucky", "-n=casino", "a=b", `--as=${staff}`),
    () => pod("casino", "registry.example.com/pitboss:1.0"),
    () => pod("pitboss-chain", digest, { hostNetwork: true }),
  ];
  for (const probe of probes) {
    for (let tries = 0; ; tries++) {
      const refused = await probe().then(
        () => false,
        () => true,
      );
      if (refused) break;
      if (tries > 60) throw new Error("a policy is not in force after a minute");
      await sleep(1_000);
    }
  }
}
