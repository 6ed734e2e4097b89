import { spawn } from "node:child_process";

/** What a kubectl call answered; `code` is its exit status. */
export interface Answer {
  code: number;
  stdout: string;
  stderr: string;
}

/** The part of a Kubernetes object that the suite reads. */
export interface KubeObject {
  metadata: {
    name: string;
    uid: string;
    resourceVersion: string;
    generation?: number;
    annotations?: Record<string, string>;
  };
  spec?: Record<string, unknown>;
  status?: Record<string, unknown> & {
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
  };
}

/** The suite speaks to the cluster as a user does: through kubectl, whatever the cluster is. */
export class Kubectl {
  readonly binary: string;
  readonly kubeconfig: string;

  constructor(binary: string, kubeconfig: string) {
    this.binary = binary;
    this.kubeconfig = kubeconfig;
  }

  /** Runs kubectl and answers whatever its exit status was. */
  async try(args: string[], input?: string): Promise<Answer> {
    return await new Promise<Answer>((resolve, reject) => {
      const child = spawn(this.binary, ["--kubeconfig", this.kubeconfig, ...args]);
      let stdout = "";
      let stderr = "";
      child.stdout.on("data", (chunk) => {
        stdout += chunk;
      });
      child.stderr.on("data", (chunk) => {
        stderr += chunk;
      });
      child.on("error", reject);
      child.on("close", (code) => resolve({ code: code ?? -1, stdout, stderr }));
      child.stdin.end(input ?? "");
    });
  }

  /** Runs kubectl and throws with its words where it fails. */
  async run(args: string[], input?: string): Promise<string> {
    const answer = await this.try(args, input);
    if (answer.code !== 0) throw new Error(`kubectl ${args.join(" ")}: ${answer.stderr.trim()}`);
    return answer.stdout;
  }

  async apply(...objects: object[]): Promise<string> {
    const list = { apiVersion: "v1", kind: "List", items: objects };
    return await this.run(["apply", "-f", "-"], JSON.stringify(list));
  }

  async get(kind: string, name: string, namespace: string): Promise<KubeObject> {
    return JSON.parse(await this.run(["get", kind, name, "-n", namespace, "-o", "json"]));
  }

  async list(kind: string, namespace: string, selector = ""): Promise<KubeObject[]> {
    const args = ["get", kind, "-n", namespace, "-o", "json"];
    if (selector) args.push("-l", selector);
    return JSON.parse(await this.run(args)).items;
  }

  /** `kubectl wait`, as the documentation tells an operator to use it. */
  async wait(target: string, condition: string, namespace: string, seconds = 90): Promise<void> {
    await this.run([
      "wait",
      `--for=${condition}`,
      target,
      "-n",
      namespace,
      `--timeout=${seconds}s`,
    ]);
  }
}
