// npm run --silent math -- PATH [JACKPOT…]: the exact figures of a Game manifest, whatever its gate says of them,
// and what the Jackpots that it names pay back on top where their manifests stand beside it or are given.
import { jackpotFigures } from "../jackpot-part.ts";
import { prove } from "../prove.ts";
import { readArguments, readJackpotsOf, readWhole, refusedSpec, run } from "./command.ts";

run(() => {
  const usage = "npm run --silent math -- PATH [JACKPOT…]";
  const { path, beside } = readArguments(usage, [], { beside: true });
  const { request, named, jackpots } = readWhole(path);
  const given = [...jackpots, ...beside.flatMap(readJackpotsOf)];
  const started = performance.now();
  const { figures, verdict } = prove(request);
  if (figures) {
    const ms = Math.round(performance.now() - started);
    const onTop = jackpotFigures(figures.rtp, named, given);
    console.log(JSON.stringify({ ...figures, ...onTop, ms }));
  } else if (!verdict.ok) {
    throw refusedSpec(path, verdict.problems);
  }
});
