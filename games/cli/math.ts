// npm run --silent math -- PATH: the exact figures of a Game manifest, whatever its gate says of them.
import { prove } from "../prove.ts";
import { readArguments, readManifest, refusedSpec, run } from "./command.ts";

run(() => {
  const { path } = readArguments("npm run --silent math -- PATH");
  const request = readManifest(path);
  const started = performance.now();
  const { figures, verdict } = prove(request);
  if (figures) {
    console.log(JSON.stringify({ ...figures, ms: Math.round(performance.now() - started) }));
  } else if (!verdict.ok) {
    throw refusedSpec(path, verdict.problems);
  }
});
