// node .github/scripts/smoke.js URL: what a player meets first, from where players are. It places no bet: nobody's money is
// touched. Plain JavaScript without packages: any Node from 18 on runs it, before anything is installed.
const [url] = process.argv.slice(2);
const patienceMs = 15_000;
const tries = 5;

async function ask(path, options) {
  for (let attempt = 1; ; attempt++) {
    try {
      const signal = AbortSignal.timeout(patienceMs);
      return await fetch(url + path, { ...options, signal, redirect: "manual" });
    } catch (error) {
      if (attempt === tries) throw new Error(`${path} does not answer`, { cause: error });
      await new Promise((resolve) => setTimeout(resolve, attempt * 1_000));
    }
  }
}

async function answers(path, status, options) {
  const response = await ask(path, options);
  const body = await response.text();
  if (response.status !== status) {
    throw new Error(`${path} answered ${response.status}, not ${status}: ${body.slice(0, 400)}`);
  }
  return body;
}

async function main() {
  await answers("/openapi.json", 200);
  const { items } = JSON.parse(await answers("/games", 200));
  const playable = items.filter(({ state, ready }) => state === "Active" && ready);
  if (playable.length === 0) throw new Error("no game is Active and ready");
  for (const { path } of playable) {
    await answers(path, 200);
    // Whoever has no token is refused; whoever made his own is too.
    const stranger = { authorization: "Bearer not-a-token" };
    await answers(`${path}/rounds`, 401);
    await answers(`${path}/rounds`, 401, { headers: stranger });
    await answers(`${path}/rounds`, 401, { method: "POST", headers: stranger, body: "{}" });
  }
  await answers("/wallet", 401);
  // Operations have no way in from outside.
  const metrics = await ask("/metrics");
  if (metrics.ok) throw new Error("/metrics is open to players");
  process.stdout.write(`${playable.length} games answer at ${url}\n`);
}

main().catch((error) => {
  process.stderr.write(`${error.message}${error.cause ? `: ${error.cause.message}` : ""}\n`);
  process.exitCode = 1;
});
