import type { Progress } from "./way.ts";

export interface Output {
  readonly isTTY?: boolean | undefined;
  write(text: string): unknown;
}

const lineEveryMs = 15_000;
const repaintEveryMs = 200;

/** Shows progress on one line that is painted again on a terminal, and as a line now and then in a log. */
export function showProgress(output: Output, now: () => number = Date.now): Progress {
  const terminal = output.isTTY === true;
  let title = "";
  let began = 0;
  let shown = 0;
  const seconds = () => `${Math.round((now() - began) / 1000)} s`;
  const print = (text: string) => output.write(terminal ? `\r\u001b[2K${text}` : `${text}\n`);
  return {
    begin(next) {
      title = next;
      began = now();
      shown = began;
      print(title);
    },
    update(detail) {
      if (now() - shown < (terminal ? repaintEveryMs : lineEveryMs)) return;
      shown = now();
      print(`${title}: ${detail}, ${seconds()}`);
    },
    end(result) {
      print(`${title}: ${result}, ${seconds()}`);
      if (terminal) output.write("\n");
    },
  };
}
