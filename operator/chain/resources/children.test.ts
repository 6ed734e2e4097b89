import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { describe, it } from "mocha";
import type { Chain } from "../../../crds/generated/chain.ts";
import { metricsOf } from "../../../test/harness/promql.ts";
import type { Platform } from "../../config.ts";
import { platform } from "../../game/testing/samples.ts";
import { readSecret } from "../../platform/secrets.ts";
import { planChildren } from "../children.ts";
import { chain, facts, splitChain } from "../testing/samples.ts";
import type { Child } from "./child.ts";

interface Container {
  readonly name: string;
  readonly restartPolicy?: string;
  readonly command: string[];
  readonly env: { name: string; value?: string }[];
  readonly ports: object[];
  readonly volumeMounts: { mountPath: string }[];
  readonly livenessProbe?: object;
  readonly securityContext: object;
}

interface PodSpec {
  readonly initContainers?: Container[];
  readonly containers: Container[];
  readonly volumes: object[];
  readonly nodeSelector: object;
  readonly tolerations: object[];
  readonly hostNetwork?: boolean;
  readonly automountServiceAccountToken: boolean;
  readonly terminationGracePeriodSeconds: number;
  readonly securityContext: {
    runAsNonRoot: boolean;
    runAsUser: number;
    seccompProfile: { type: string };
    fsGroupChangePolicy: string;
  };
}

interface Workload {
  readonly updateStrategy: { type: string; rollingUpdate?: object };
  readonly template: { readonly spec: PodSpec };
  readonly persistentVolumeClaimRetentionPolicy?: object;
  readonly volumeClaimTemplates?: {
    spec: { storageClassName: string; resources: { requests: object } };
  }[];
}

interface PolicyRule {
  readonly from?: { namespaceSelector?: { matchLabels?: object }; podSelector?: object }[];
  readonly to?: {
    ipBlock?: { cidr: string; except?: string[] };
    podSelector?: { matchLabels: Record<string, string> };
  }[];
  readonly ports?: object[];
}

interface Policy {
  readonly podSelector: { matchLabels: object };
  readonly ingress: PolicyRule[];
  readonly egress: PolicyRule[];
}

function children(of: Chain, settings: Partial<Platform> = {}): Map<string, Child | undefined> {
  const plans = planChildren(of, platform(settings), facts(of));
  return new Map(plans.map(({ kind, name, desired }) => [`${kind.kind} ${name}`, desired]));
}

function specOf<T>(of: Chain, name: string, settings: Partial<Platform> = {}): T {
  const child = children(of, settings).get(name);
  assert.ok(child, name);
  return child["spec"] as T;
}

function podOf(of: Chain, name = "DaemonSet dev-agent"): PodSpec {
  return specOf<Workload>(of, name).template.spec;
}

const first = <T>(list: readonly T[] | undefined, index = 0): T => {
  const found = list?.at(index);
  assert.ok(found !== undefined);
  return found;
};

const env = (container: Container): Record<string, string> =>
  Object.fromEntries(container.env.map(({ name, value }) => [name, value ?? "(field)"]));

const port = (name: string, number: number, more: object = {}) => ({
  ...{ name, port: number, protocol: "TCP" as const, p2p: false, hostPort: false },
  ...more,
});

/** An execution and a consensus client, as on Ethereum since the merge. */
function merged(): Chain {
  return chain({
    node: {
      clients: [
        {
          name: "geth",
          image: "geth:1",
          ports: [
            port("rpc", 8545),
            port("engine", 8551),
            port("p2p", 30303, { p2p: true, hostPort: true }),
          ],
        },
        { name: "lighthouse", image: "lighthouse:1", args: ["$(PITBOSS_ENGINE_PORT)"] },
      ],
      storage: { hostPath: "/srv/pitboss/main", mountPath: "/data" },
      user: 2000,
      endpoints: ["https://node.example/rpc"],
    },
  });
}

describe("the children of a Chain", () => {
  it("are these, in topology sidecar and split", () => {
    const there = (of: Chain) => [...children(of)].filter(([, it]) => it).map(([name]) => name);
    const both = ["Secret dev-jwt", "Secret dev-agent", "NetworkPolicy dev-agent"];
    const rest = ["DaemonSet dev-agent", "ServiceMonitor dev-agent", "PrometheusRule dev-agent"];
    assert.deepEqual(there(chain()), [...both, "Service dev-agent", ...rest]);
    assert.deepEqual(there(splitChain()), [
      ...[...both, "NetworkPolicy dev-node"],
      ...["Service dev-agent", "Service dev-node", "StatefulSet dev-node", ...rest],
    ]);
  });

  it("belong to the Chain and say so by their labels", () => {
    for (const [name, child] of children(splitChain())) {
      assert.ok(child, name);
      const { labels, ownerReferences, namespace } = child.metadata;
      assert.equal(labels?.["pitboss.dev/chain"], "dev", name);
      assert.equal(labels?.["app.kubernetes.io/component"], "chain", name);
      assert.equal(ownerReferences?.[0]?.kind, "Chain", name);
      assert.equal(namespace, "pitboss-chain", name);
    }
  });
});

describe("the pods of topology sidecar", () => {
  it("start the marker, the clients in their order and then the agent", () => {
    const { initContainers = [], containers } = podOf(merged());
    const named = initContainers.map((one) => [one.name, one.restartPolicy]);
    assert.deepEqual(named, [
      ["marker", undefined],
      ["geth", "Always"],
      ["lighthouse", "Always"],
    ]);
    assert.deepEqual(
      containers.map((one) => one.name),
      ["agent"],
    );
  });

  it("stop only when a person says so, with 300 seconds", () => {
    const { updateStrategy, template } = specOf<Workload>(chain(), "DaemonSet dev-agent");
    assert.deepEqual(updateStrategy, { type: "OnDelete" });
    assert.equal(template.spec.terminationGracePeriodSeconds, 300);
  });

  it("run on the machines chosen and nowhere else", () => {
    const { nodeSelector, tolerations, hostNetwork } = podOf(chain());
    assert.deepEqual(nodeSelector, { "pitboss.dev/bare-metal": "true" });
    assert.deepEqual(tolerations, chain().spec.placement.tolerations);
    assert.equal(hostNetwork, undefined);
  });

  it("keep the data in a folder that has to be there", () => {
    const { volumes } = podOf(chain());
    assert.deepEqual(volumes[0], {
      name: "data",
      hostPath: { path: "/srv/pitboss/dev", type: "Directory" },
    });
  });

  it("have no rights: no root, no capability, no token, nothing to write but volumes", () => {
    for (const sample of [chain(), merged(), splitChain()]) {
      const pods = [
        podOf(sample),
        ...(sample.spec.topology === "split" ? [podOf(sample, "StatefulSet dev-node")] : []),
      ];
      for (const pod of pods) {
        assert.equal(pod.automountServiceAccountToken, false);
        const { runAsNonRoot, runAsUser, seccompProfile, fsGroupChangePolicy } =
          pod.securityContext;
        assert.deepEqual([runAsNonRoot, seccompProfile.type], [true, "RuntimeDefault"]);
        assert.equal(runAsUser, sample.spec.node.user);
        assert.equal(fsGroupChangePolicy, "OnRootMismatch");
        for (const { securityContext, name } of [
          ...(pod.initContainers ?? []),
          ...pod.containers,
        ]) {
          assert.deepEqual(
            securityContext,
            {
              allowPrivilegeEscalation: false,
              readOnlyRootFilesystem: true,
              capabilities: { drop: ["ALL"] },
            },
            name,
          );
        }
      }
    }
  });

  it("give each client the ports of all, its data and the shared secret as a file", () => {
    const [, ...clients] = podOf(merged()).initContainers ?? [];
    for (const client of clients) {
      const variables = env(client);
      assert.equal(variables["PITBOSS_ENGINE_PORT"], "8551");
      assert.equal(variables["PITBOSS_DATA"], "/data");
      assert.equal(variables["PITBOSS_JWT_FILE"], "/etc/pitboss/jwt/jwt.hex");
      assert.equal(variables["PITBOSS_RPC_HOST"], "127.0.0.1");
      assert.ok(client.volumeMounts.some((one) => one.mountPath === "/etc/pitboss/jwt"));
      assert.equal(client.livenessProbe, undefined);
    }
    assert.deepEqual(first(clients).ports.at(-1), {
      ...{ name: "p2p", containerPort: 30303, protocol: "TCP", hostPort: 30303 },
    });
    assert.ok(!JSON.stringify(podOf(merged())).includes("ab".repeat(32)), "no secret in the pod");
  });

  it("tell the marker whose data the folder has to hold", () => {
    const genesis = `0x${"ab".repeat(32)}`;
    const marker = first(podOf(chain({ genesis })).initContainers);
    assert.deepEqual(marker.command, ["node", "chain-agent/marker.ts"]);
    const variables = env(marker);
    assert.equal(variables["PITBOSS_CHAIN_ID"], "eip155:31337");
    assert.equal(variables["PITBOSS_CHAIN_GENESIS"], genesis);
    assert.equal(variables["PITBOSS_NODE"], "(field)");
  });

  it("tell the agent what it needs, and who may move money", () => {
    const signer = { secretName: "dev-signer" };
    const asset = { asset: "eip155:31337/slip44:60", currency: "ETH" };
    const paying = { ...merged(), spec: { ...merged().spec, signer, assets: [asset] } };
    const agent = first(podOf(paying).containers);
    const variables = env(agent);
    assert.deepEqual(
      {
        ...variables,
        PITBOSS_POD: undefined,
      },
      {
        PITBOSS_RPC_PORT: "8545",
        PITBOSS_ENGINE_PORT: "8551",
        PITBOSS_P2P_PORT: "30303",
        PITBOSS_CHAIN: "pitboss-chain/dev",
        PITBOSS_CHAIN_PROTOCOL: "ethereum",
        PITBOSS_CHAIN_NETWORK: "dev",
        PITBOSS_CHAIN_ID: "eip155:31337",
        PITBOSS_CHAIN_NODES: "http://127.0.0.1:$(PITBOSS_RPC_PORT),https://node.example/rpc",
        PITBOSS_CHAIN_CONFIRMATIONS: "4",
        PITBOSS_CHAIN_INSECURE: "true",
        PITBOSS_CHAIN_ASSETS: "eip155:31337/slip44:60",
        PITBOSS_DATABASE_DIR: "/etc/pitboss/database",
        PITBOSS_TLS_DIR: "/etc/pitboss/tls",
        PITBOSS_CASHIERS: "lobby",
        PITBOSS_SIGNER_KEY_FILE: "/etc/pitboss/signer/key",
        PITBOSS_DEPOSIT_XPUB_FILE: "/etc/pitboss/signer/xpub",
        PITBOSS_GRPC_PORT: "9000",
        PITBOSS_OPERATIONS_PORT: "9090",
        PITBOSS_GRACE_SECONDS: "15",
        PITBOSS_LOG_LEVEL: "info",
        MALLOC_ARENA_MAX: "2",
        PITBOSS_POD: undefined,
      },
    );
    const names = agent.env.map(({ name }) => name);
    // Kubernetes fills a variable in only from those before it.
    assert.ok(names.indexOf("PITBOSS_RPC_PORT") < names.indexOf("PITBOSS_CHAIN_NODES"));
  });
});

describe("a Chain of the bitcoin family", () => {
  const bitcoin = chain({
    protocol: "bitcoin",
    network: "regtest",
    chainId: "bip122:0f9188f13cb7b2c71f2a335e3a4fc328",
  });

  it("has a password between node and agent, in a file and a Secret alone", () => {
    const pod = podOf(bitcoin);
    const node = first(pod.initContainers, 1);
    assert.equal(env(node)["PITBOSS_RPC_CONF"], "/etc/pitboss/jwt/rpc.conf");
    const agent = first(pod.containers);
    assert.equal(
      env(agent)["PITBOSS_CHAIN_NODES"],
      "http://pitboss:$(PITBOSS_RPC_PASSWORD)@127.0.0.1:$(PITBOSS_RPC_PORT)",
    );
    assert.equal(env(agent)["PITBOSS_RPC_PASSWORD"], "(field)");
    const conf = readSecret(children(bitcoin).get("Secret dev-jwt"), "rpc.conf");
    assert.equal(conf, `rpcuser=pitboss\nrpcpassword=${"ab".repeat(32)}\n`);
    assert.equal(readSecret(children(chain()).get("Secret dev-jwt"), "rpc.conf"), undefined);
  });
});

describe("the pods of topology split", () => {
  it("are nodes that keep running while agents roll", () => {
    const agents = specOf<Workload>(splitChain(), "DaemonSet dev-agent");
    assert.deepEqual(agents.updateStrategy.rollingUpdate, { maxSurge: 0, maxUnavailable: 1 });
    assert.equal(agents.template.spec.initContainers, undefined);
    assert.equal(agents.template.spec.terminationGracePeriodSeconds, 25);
    const spec = specOf<Workload>(splitChain(), "StatefulSet dev-node");
    assert.deepEqual(spec.updateStrategy, { type: "OnDelete" });
    assert.equal(spec.template.spec.terminationGracePeriodSeconds, 300);
    assert.deepEqual(spec.persistentVolumeClaimRetentionPolicy, {
      whenDeleted: "Retain",
      whenScaled: "Retain",
    });
    const claim = first(spec.volumeClaimTemplates);
    assert.equal(claim.spec.storageClassName, "local");
    assert.deepEqual(claim.spec.resources.requests, { storage: "2Ti" });
    assert.ok(!JSON.stringify(spec.template).includes("hostPath"));
  });

  it("are asked each by its own name, also while they sync", () => {
    const agent = first(podOf(splitChain()).containers);
    const urls = [0, 1, 2].map((n) => `http://dev-node-${n}.dev-node.pitboss-chain.svc:8545`);
    assert.equal(env(agent)["PITBOSS_CHAIN_NODES"], urls.join(","));
    const service = specOf<{ clusterIP: string; publishNotReadyAddresses: boolean }>(
      splitChain(),
      "Service dev-node",
    );
    assert.deepEqual([service.clusterIP, service.publishNotReadyAddresses], ["None", true]);
    const node = first(podOf(splitChain(), "StatefulSet dev-node").containers);
    assert.equal(env(node)["PITBOSS_RPC_HOST"], "0.0.0.0");
  });
});

describe("the network policies of a Chain", () => {
  const policy = (of: Chain, name = "NetworkPolicy dev-agent", settings: Partial<Platform> = {}) =>
    specOf<Policy>(of, name, settings);

  it("let the lobby and the games that use the chain reach the agents by gRPC, and nobody else", () => {
    const { ingress, podSelector } = policy(chain());
    assert.deepEqual(podSelector.matchLabels, {
      "pitboss.dev/chain": "dev",
      "pitboss.dev/role": "agent",
    });
    const callers = first(ingress);
    assert.deepEqual(callers.ports, [{ protocol: "TCP", port: 9000 }]);
    assert.deepEqual(callers.from, [
      {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "pitboss" } },
        podSelector: { matchLabels: { "app.kubernetes.io/name": "pitboss-lobby" } },
      },
      {
        namespaceSelector: {},
        podSelector: { matchLabels: { "pitboss.dev/entropy": "dev" } },
      },
    ]);
    const watching = policy(chain(), undefined, { watchedNamespaces: ["casino"] });
    const games = first(first(watching.ingress).from, 1);
    assert.deepEqual(games.namespaceSelector?.matchLabels, {
      "kubernetes.io/metadata.name": "casino",
    });
    for (const { from, ports } of ingress.slice(1)) {
      assert.ok(from, "no rule is for everybody");
      assert.deepEqual(ports, [{ protocol: "TCP", port: 9090 }]);
    }
  });

  it("let no development node out, and a node with peers reach everything but the cluster", () => {
    const out = (of: Chain) => policy(of).egress.map((rule) => JSON.stringify(rule));
    assert.equal(out(chain()).filter((rule) => rule.includes("0.0.0.0/0")).length, 0);
    const peers = first(
      policy(merged()).egress.filter((rule) => JSON.stringify(rule).includes("0.0.0.0/0")),
    );
    assert.equal(peers.ports, undefined);
    const [four, six] = (peers.to ?? []).map(({ ipBlock }) => ipBlock);
    for (const cidr of ["10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16"]) {
      assert.ok(four?.except?.includes(cidr), cidr);
    }
    assert.deepEqual(six, { cidr: "::/0", except: ["fc00::/7", "fe80::/10"] });
    const peersIn = policy(merged()).ingress.at(-1);
    assert.deepEqual(peersIn, { ports: [{ protocol: "TCP", port: 30303 }] });
    assert.ok(out(merged()).some((rule) => rule === '{"ports":[{"protocol":"TCP","port":443}]}'));
  });

  it("let only the agents ask the nodes of topology split", () => {
    const agents = {
      podSelector: { matchLabels: { "pitboss.dev/chain": "dev", "pitboss.dev/role": "agent" } },
    };
    const { ingress, egress } = policy(splitChain(), "NetworkPolicy dev-node");
    assert.deepEqual(ingress, [{ from: [agents], ports: [{ protocol: "TCP", port: 8545 }] }]);
    assert.equal(egress.length, 1, "DNS");
    const asks = first(policy(splitChain()).egress, -1);
    assert.equal(first(asks.to).podSelector?.matchLabels["pitboss.dev/role"], "node");
  });
});

describe("what watches a Chain", () => {
  const ours = ["chain-agent/*.ts", "lobby/**/*.ts", "operator/chain/metrics.ts"];
  const root = new URL("../../../", import.meta.url).pathname;
  const told = new Set([
    ...["up", "node_filesystem_avail_bytes", "node_filesystem_size_bytes"], // Prometheus, node-exporter
    ...globSync(ours, { cwd: root }).flatMap((file) =>
      [
        ...readFileSync(`${root}${file}`, "utf8").matchAll(
          /name: "(pitboss_\w+)"|gauge\(\s*"(pitboss_\w+)"/g,
        ),
      ].map(([, one, other]) => one ?? other ?? ""),
    ),
  ]);

  it("wakes somebody by the runbook of each alert", () => {
    interface Rules {
      groups: {
        rules: {
          alert: string;
          expr: string;
          annotations: { runbook_url?: string };
          labels: { chain: string; severity: string };
        }[];
      }[];
    }
    const monitoring = { ...platform().monitoring, runbookUrl: "https://runbooks.example" };
    const { groups } = specOf<Rules>(chain(), "PrometheusRule dev-agent", { monitoring });
    const { rules } = first(groups);
    for (const { alert, annotations, labels, expr } of rules) {
      assert.equal(annotations.runbook_url, `https://runbooks.example/${alert}`);
      assert.equal(labels.chain, "dev");
      for (const metric of metricsOf(expr)) assert.ok(told.has(metric), metric);
    }
    assert.equal(first(rules).labels.severity, "critical");
    assert.match(JSON.stringify(rules), /mountpoint=\\"\/srv\/pitboss\/dev\\"/);
    const split = children(splitChain()).get("PrometheusRule dev-agent");
    assert.match(JSON.stringify(split), /kubelet_volume_stats_available_bytes/);
  });
});
