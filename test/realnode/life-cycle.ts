import assert from "node:assert/strict";
import { type InstallOptions, installChart } from "./install.ts";
import { run } from "./shell.ts";

const deployments = ["pitboss-operator", "pitboss-lobby"];

/** An upgrade that changes nothing rolls nothing, and an uninstall leaves what players are owed. */
export async function upgradeAndUninstall(options: InstallOptions): Promise<void> {
  const { kubectl, helm, kubeconfig } = options;
  const generations = async () => {
    const found = deployments.map((name) => kubectl.get("deployment", name, "pitboss"));
    return (await Promise.all(found)).map(({ metadata }) => metadata.generation);
  };
  const names = async () =>
    (await kubectl.list("games", "casino")).map(({ metadata }) => metadata.uid).toSorted();
  const [before, games] = [await generations(), await names()];
  installChart(options);
  assert.deepEqual(await generations(), before, "an upgrade without a change rolled something");
  run(helm, [
    "uninstall",
    "pitboss",
    "--kubeconfig",
    kubeconfig,
    "--namespace",
    "pitboss",
    "--wait",
  ]);
  assert.ok(games.length > 0);
  assert.deepEqual(await names(), games, "Games went with the chart");
  for (const name of ["platform-key", "database"]) await kubectl.get("secret", name, "pitboss");
  console.log(
    "an upgrade changed nothing, and an uninstall left the Games, their kinds and the keys",
  );
}
