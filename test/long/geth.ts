import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, constants, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { privateKeyToAccount } from "viem/accounts";
import type { ChainNode } from "../../chain-agent/adapters/adapter.ts";
import { evmAdapter } from "../../chain-agent/adapters/evm.ts";
import { JsonRpc } from "../../chain-agent/adapters/json-rpc.ts";
import { localKey } from "../../chain-agent/signer/local-key.ts";
import { evmAddressOf } from "../../chain-agent/signer/public-key.ts";
import { freePort } from "../../local/ports.ts";
import { userCache } from "../../local/user-cache.ts";
import { mountSecret } from "../../runtime/testing-secret.ts";
import { devKey, devXpub, type TestAgent, testAgent } from "../harness/agent-inside.ts";
import { chainDatabase } from "../harness/chain.ts";
import { stopAll } from "../harness/session.ts";
import { until } from "../harness/until.ts";

/**
 * `node test/long/geth.ts`: what anvil does not hold and geth does. A replacement must pay a tenth more in both fees; a
 * withdrawal that is stuck is replaced by our rule and one of its transactions is mined. Builds geth once, for minutes, into
 * the user's cache. v1.17.0: later ones need a module that the module proxy does not hand out.
 */
const version = "v1.17.0";
const chainId = "eip155:1337";
const gwei = 10n ** 9n;
const periodSeconds = 5;

async function geth(): Promise<string> {
  const folder = join(userCache(), "geth", version);
  const path = join(folder, "geth");
  try {
    await access(path, constants.X_OK);
    return path;
  } catch {
    process.stderr.write(`building geth ${version} (minutes, once)\n`);
  }
  await mkdir(folder, { recursive: true });
  const env = { ...process.env, GOBIN: folder, CGO_ENABLED: "0", GOFLAGS: "-p=1 -buildvcs=false" };
  await promisify(execFile)(
    "go",
    ["install", `github.com/ethereum/go-ethereum/cmd/geth@${version}`],
    { env },
  );
  return path;
}

async function start(program: string) {
  const directory = await mkdtemp(join(tmpdir(), "pitboss-geth-"));
  const port = await freePort();
  // Blocks come every few seconds, so that a transaction can be replaced before it is mined.
  const mode = [
    "--dev",
    "--dev.period",
    `${periodSeconds}`,
    "--datadir",
    directory,
    "--ipcdisable",
  ];
  const http = ["--http", "--http.port", `${port}`, "--http.api", "eth,net,web3,txpool,admin"];
  const ports = [
    "--port",
    "0",
    "--authrpc.port",
    `${await freePort()}`,
    "--nodiscover",
    "--verbosity",
    "1",
  ];
  const child = spawn(program, [...mode, ...http, ...ports], { stdio: "ignore" });
  const url = `http://127.0.0.1:${port}`;
  const node = new JsonRpc(url, 5_000);
  await until(
    "geth answers",
    () => node.request("eth_chainId", []).then(String, () => undefined),
    60,
  );
  return {
    url,
    node,
    async stop() {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function expect(is: boolean, what: string): void {
  if (!is) throw new Error(`not so: ${what}`);
  process.stderr.write(`ok: ${what}\n`);
}

/** geth's own rule, by hand: nine percent more is refused, an eighth more is taken. */
async function holdsItsRule(node: ChainNode): Promise<void> {
  const account = privateKeyToAccount(`0x${devKey}`);
  const nonce = Number(await node.request("eth_getTransactionCount", [account.address, "pending"]));
  const offer = async (percent: bigint) => {
    const rate = (10n * gwei * percent) / 100n;
    const raw = await account.signTransaction({
      ...{ type: "eip1559", chainId: 1337, nonce, gas: 21_000n, value: 1n, to: account.address },
      ...{ maxFeePerGas: rate, maxPriorityFeePerGas: rate },
    });
    return node.submit(raw);
  };
  const outcomes = [await offer(100n), await offer(109n), await offer(113n)];
  const told = outcomes.map(({ outcome }) => outcome).join();
  expect(
    told === "accepted,underpriced,accepted",
    `9 % more is refused, 13 % more is taken (${told})`,
  );
}

async function replaces(agent: TestAgent): Promise<void> {
  const to = `0x${"5c".repeat(20)}`;
  await agent.submit("stuck", to, 5n);
  const bump = { withdrawalId: "stuck", feeRate: "" };
  await until("sent", async () => (await agent.withdrawal("stuck")).candidates.length === 1);
  await agent.call("Withdrawal", "bumpWithdrawalFee", bump);
  const taken = await until("the second is sent", async () => {
    const { candidates, message, state } = await agent.withdrawal("stuck");
    return (
      candidates.length >= 2 && state.endsWith("BROADCAST") && `${candidates.length} ${message}`
    );
  });
  expect(!/underpriced/.test(taken), `geth takes our replacement (${taken})`);
  const mined = await until("mined", async () => {
    const found = await agent.withdrawal("stuck");
    return found.transactionHash !== "" && found;
  });
  const [first, second] = mined.candidates.map(({ transactionHash }) => transactionHash);
  expect(
    mined.transactionHash === second || mined.transactionHash === first,
    "one of the two is mined",
  );
  expect(mined.transactionHash === second, "it is the one that pays more");
}

const node = await start(await geth());
const database = await chainDatabase();
const secret = await mountSecret(database.agentUrl);
let agent: TestAgent | undefined;
try {
  const signer = localKey(devKey);
  const wallet = evmAddressOf(await signer.publicKey());
  const [developer] = (await node.node.request("eth_accounts", [])) as string[];
  const gift = { from: developer, to: wallet, value: `0x${(100n * 10n ** 18n).toString(16)}` };
  await node.node.request("eth_sendTransaction", [gift]);
  await until(
    "the gift is mined",
    async () => (await node.node.request("eth_getBalance", [wallet, "latest"])) !== "0x0",
  );
  await holdsItsRule(evmAdapter(chainId).connect(node.url));
  await until("that one is mined", async () => {
    const counts = ["latest", "pending"].map((tag) =>
      node.node.request("eth_getTransactionCount", [wallet, tag]),
    );
    const [latest, pending] = await Promise.all(counts);
    return latest === pending && latest !== "0x0";
  });
  agent = await testAgent({
    ...{ directory: secret.directory, nodes: [node.url], adapter: evmAdapter(chainId), chainId },
    ...{ signer, xpub: devXpub },
  });
  await until("the chain is followed", async () => agent?.follower.finalized !== undefined);
  await replaces(agent);
  process.stdout.write(`${JSON.stringify({ bench: "geth", version, rule: "held" })}\n`);
} finally {
  await agent?.stop();
  await node.stop();
  await secret.remove();
  await database.drop();
  await stopAll();
}
