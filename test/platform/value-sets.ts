import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { valuesFiles } from "../../manifests/render.ts";
import { runs } from "./ways.ts";

const root = join(import.meta.dirname, "..", "..");

/** Values with which the chart is tried. */
export interface ValueSet {
  readonly name: string;
  readonly file: string;
  render(helm: string): Promise<string>;
}

/** The sets below, as files in the folder, and those of manifests/base and the overlays. */
export function writeValueSets(folder: string): ValueSet[] {
  const own = Object.entries(valueSets).map(([name, values], index) => {
    const file = join(folder, `values-${index}.json`);
    writeFileSync(file, JSON.stringify(values));
    return { name, file };
  });
  const files = valuesFiles.map((name) => ({ name, file: join(root, name) }));
  return [...files, ...own].map((set) => ({
    ...set,
    render: (helm) => runs(helm, [...template, "--values", set.file]),
  }));
}

const template = ["template", "pitboss", join(root, "manifests/chart"), "--namespace", "pitboss"];

const digest = `sha256:${"0".repeat(64)}`;

const valueSets: Readonly<Record<string, object>> = {
  "nothing but the defaults": {},
  "every option on": {
    image: { repository: "registry.example.com/pitboss", digest, pullSecrets: [{ name: "pull" }] },
    namespaces: {
      platform: true,
      games: [{ name: "casino", create: true, quota: { pods: "10" } }],
    },
    operator: {
      watchedNamespaces: ["casino"],
      nodeSelector: { "kubernetes.io/os": "linux" },
      tolerations: [{ key: "platform", operator: "Exists", effect: "NoSchedule" }],
      priorityClassName: "system-cluster-critical",
      podAnnotations: { team: "sre" },
      env: [{ name: "HTTPS_PROXY", value: "http://proxy.example.com:3128" }],
    },
    lobby: { autoscaling: { enabled: true }, podAnnotations: { team: "sre" } },
    players: {
      url: "https://play.example.com",
      issuer: "https://login.example.com",
      jwks: { url: "https://login.example.com:8443/keys", cidrs: ["203.0.113.0/24"] },
    },
    database: { cidrs: ["10.0.8.0/22"], bootstrap: { enabled: true } },
    kubernetes: { cidrs: ["172.20.0.1/32"] },
    gateway: {
      class: { create: true },
      tls: { secret: "play-tls" },
      hostname: "play.example.com",
      annotations: { team: "sre" },
    },
    monitoring: {
      labels: { release: "prometheus" },
      serviceMonitors: true,
      rules: true,
      runbookUrl: "https://docs.example.com/runbooks",
    },
    admission: {
      images: { requireDigest: true, registries: ["registry.example.com/"] },
      keepRecords: true,
      controllers: ["system:serviceaccount:infra:controller"],
    },
  },
  "an Ingress, and keys from a ConfigMap": {
    edge: "ingress",
    ingress: {
      className: "alb",
      annotations: { "alb.ingress.kubernetes.io/group.name": "pitboss" },
      podsNamespace: "kube-system",
    },
    players: { issuer: "https://login.example.com", jwks: { configMap: "keys" } },
    namespaces: { platform: true, games: [{ name: "casino", create: true }], chains: [] },
  },
  "a Gateway of somebody else, and no chains": {
    gateway: { create: false, name: "shared", namespace: "pitboss" },
    namespaces: { chains: [] },
    settings: { create: false },
    networkPolicies: { enabled: false },
    admission: { enabled: false },
  },
};
