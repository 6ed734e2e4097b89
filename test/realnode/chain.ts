import { chmodSync, chownSync, cpSync, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { anvilProgram } from "../../local/chains.ts";
import { readManifests } from "../../local/install/documents.ts";
import type { Kubectl } from "../e2e/kubectl.ts";
import { run } from "./shell.ts";

const root = join(import.meta.dirname, "..", "..");
/** Whom the clients of a node run as, unless a Chain says otherwise. */
const NODE_USER = 1000;
const BARE_METAL = "pitboss.dev/bare-metal";

/** The chain whose nodes are apart from their agents; one node, as two anvils would be two chains. */
export const SPLIT = "split";
export const NAMESPACE = "pitboss-chain";

/** The test node under the name that the example Chain has for it. */
export function anvilImage(realnode: string, work: string): void {
  const program = anvilProgram();
  if (program === undefined) throw new Error("npm has no anvil for this machine");
  const rootfs = join(work, "anvil");
  run(join(dirname(realnode), "host-rootfs.sh"), [rootfs, program]);
  // Where no volume of the pod hides it, and anybody may run it.
  const place = join(rootfs, "usr/bin/anvil");
  cpSync(program, place);
  chmodSync(place, 0o755);
  const name = ["--name", "ghcr.io/foundry-rs/foundry:v1.7.1"];
  const settings = ["--env", "PATH=/usr/bin:/bin", "--user", `${NODE_USER}:${NODE_USER}`];
  run(realnode, ["image", "--rootfs", rootfs, ...name, ...settings]);
}

/** Makes the one machine a machine for chains, as docs/chain.md says, and applies two Chains. */
export async function installChains(kubectl: Kubectl, work: string): Promise<void> {
  const folders = { dev: join(work, "disk", "dev"), split: join(work, "disk", "split") };
  for (const folder of Object.values(folders)) {
    mkdirSync(folder, { recursive: true });
    chownSync(folder, NODE_USER, NODE_USER);
  }
  // Whoever made the folders above them keeps them to himself.
  for (const folder of [work, join(work, "disk")]) chmodSync(folder, 0o711);
  const chains = await readManifests(join(root, "chains/dev.yaml"));
  const text = JSON.stringify(chains).replaceAll("/srv/pitboss/dev", folders.dev);
  await kubectl.apply(...(JSON.parse(text) as object[]));
  await kubectl.apply(...localVolume(folders.split), splitChain(chains));
  // Another node, for which nobody works: it has not the label.
  await kubectl.apply({ apiVersion: "v1", kind: "Node", metadata: { name: "elsewhere" } });
  await untilReason(kubectl, "dev", "NoMachine");
  const [machine = ""] = (await kubectl.list("nodes", "default"))
    .map(({ metadata }) => metadata.name)
    .filter((name) => name !== "elsewhere");
  await kubectl.run(["label", "node", machine, `${BARE_METAL}=true`, "--overwrite"]);
  for (const name of ["dev", SPLIT]) {
    await kubectl.wait(`chain/${name}`, "condition=Ready", NAMESPACE, 180);
  }
}

async function untilReason(kubectl: Kubectl, chain: string, reason: string): Promise<void> {
  const path = `jsonpath={.status.conditions[?(@.type=="Ready")].reason}=${reason}`;
  await kubectl.wait(`chain/${chain}`, path, NAMESPACE);
}

/** A volume by hand: a class that binds when a pod is scheduled, and one folder of the machine. */
function localVolume(path: string): object[] {
  const storageClassName = "local-disk";
  return [
    {
      apiVersion: "storage.k8s.io/v1",
      kind: "StorageClass",
      metadata: { name: storageClassName },
      provisioner: "kubernetes.io/no-provisioner",
      volumeBindingMode: "WaitForFirstConsumer",
    },
    {
      apiVersion: "v1",
      kind: "PersistentVolume",
      metadata: { name: "chain-disk" },
      spec: {
        ...{ storageClassName, capacity: { storage: "1Gi" }, accessModes: ["ReadWriteOnce"] },
        persistentVolumeReclaimPolicy: "Retain",
        local: { path },
        nodeAffinity: {
          required: {
            nodeSelectorTerms: [
              { matchExpressions: [{ key: BARE_METAL, operator: "In", values: ["true"] }] },
            ],
          },
        },
      },
    },
  ];
}

function splitChain(chains: readonly object[]): object {
  const dev = chains.find((one) => "kind" in one && one.kind === "Chain") as {
    spec: { node: { args: string[] }; assets?: object; signer?: object };
  };
  const { assets: _, signer: _none, ...spec } = dev.spec;
  const args = spec.node.args
    .map((arg) => arg.replace("--host=127.0.0.1", "--host=$(PITBOSS_RPC_HOST)"))
    .map((arg) => arg.replace("--chain-id=31337", "--chain-id=31338"));
  const storage = { storageClassName: "local-disk", size: "1Gi" };
  return {
    ...dev,
    metadata: { name: SPLIT, namespace: NAMESPACE },
    spec: {
      ...spec,
      ...{ chainId: "eip155:31338", topology: "split" },
      node: { ...spec.node, args, storage, replicas: 1 },
    },
  };
}
