import { detach } from "./detach.ts";
import { errorText } from "./error-text.ts";
import { HomeTaken } from "./home.ts";
import { run } from "./run.ts";
import { readSettings, SettingsError } from "./settings.ts";

// `npm start`: the whole platform on this machine.
try {
  const settings = readSettings(process.argv.slice(2), process.env);
  process.exit(await (settings.detach ? detach(settings) : run(settings)));
} catch (error) {
  const expected = error instanceof SettingsError || error instanceof HomeTaken;
  console.error(`pitboss: ${expected ? error.message : errorText(error)}`);
  process.exit(1);
}
