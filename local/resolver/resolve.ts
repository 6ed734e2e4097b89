import { join } from "node:path";
import type { ControlPlaneBinaries } from "../control-plane.ts";
import { userCache } from "../user-cache.ts";

export async function resolveControlPlane(): Promise<ControlPlaneBinaries> {
  const folder = join(userCache(), "kubernetes", "v1.36.3");
  return {
    etcd: join(folder, "etcd"),
    "kube-apiserver": join(folder, "kube-apiserver"),
    "kube-controller-manager": join(folder, "kube-controller-manager"),
    "kube-scheduler": join(folder, "kube-scheduler"),
  };
}
