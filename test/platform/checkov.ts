import { tool } from "./tools.ts";
import { runs } from "./ways.ts";

/** What checkov finds and we leave as it is, each with its reason. */
const accepted: Readonly<Record<string, string>> = {
  CKV_DOCKER_2: "Kubernetes does not look at HEALTHCHECK; each pod has probes of three kinds.",
  CKV_K8S_11:
    "No limit of CPU: a process that collects garbage under one stands still in the middle of bets. Requests share the machine fairly.",
  CKV_K8S_15:
    "Images are named by digest, so what a node has is what would be pulled; a registry that is away must stop no restart.",
  CKV_K8S_40:
    "1000 is the image's own user, for whom its compile cache is made. It is no user of the nodes (Bottlerocket, AL2023).",
};

/** Runs checkov; throws with its findings where there are any but the accepted ones. */
export async function checkov(framework: string, ...where: readonly string[]): Promise<void> {
  const skip = Object.keys(accepted).flatMap((id) => ["--skip-check", id]);
  await runs(await tool("checkov"), [
    ...where,
    "--framework",
    framework,
    "--quiet",
    "--compact",
    "--skip-download",
    ...skip,
  ]);
}
