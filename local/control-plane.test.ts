import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { promisify } from "node:util";
import { describe, it } from "mocha";
import { testCluster } from "../test/harness/control-plane.ts";
import { testFolder } from "../test/harness/session.ts";
import { apiStatus } from "./control-plane/api-ready.ts";
import { startTime } from "./processes/start-time.ts";

const run = promisify(execFile);

describe("startControlPlane", () => {
  it("answers the administrator's kubeconfig and refuses a stranger", async () => {
    const cluster = await testCluster();
    const access = { url: cluster.url, caFile: cluster.caFile, token: cluster.adminToken };
    assert.equal(await apiStatus(access, "/api/v1/namespaces/default"), 200);
    assert.equal(await apiStatus({ ...access, token: "guessed" }, "/api/v1/namespaces"), 401);
  });

  it("keeps its objects and its port when the API server is restarted", async () => {
    const cluster = await testCluster();
    const access = { url: cluster.url, caFile: cluster.caFile, token: cluster.adminToken };
    const before = cluster.pid("kube-apiserver");
    await cluster.restartApiServer();
    assert.notEqual(cluster.pid("kube-apiserver"), before);
    assert.equal(startTime(before), undefined);
    assert.equal(await apiStatus(access, "/api/v1/namespaces/default"), 200);
  });

  it("notes its processes, each the leader of its own group", async () => {
    const cluster = await testCluster();
    const { records } = await testFolder();
    for (const component of ["etcd", "kube-apiserver", "kube-controller-manager"] as const) {
      const pid = cluster.pid(component);
      assert.ok(readdirSync(records).includes(`${pid}.json`), component);
      const { stdout } = await run("ps", ["-o", "pgid=", "-p", String(pid)]);
      assert.equal(Number(stdout), pid, component);
    }
  });
});
