import { chainAgentSettings } from "../chain-agent/config.ts";
import { lobbySettings } from "../lobby/config.ts";
import { reasons as chainReasons } from "../operator/chain/reasons.ts";
import { settings as operatorSettings } from "../operator/config.ts";
import { reasons } from "../operator/game/reasons.ts";
import { reasons as jackpotReasons } from "../operator/jackpot/reasons.ts";
import { platformReasons, type ReasonFacts } from "../operator/platform/reasons.ts";
import { runtimeSettings } from "../runtime/config.ts";
import { errors } from "../runtime/errors.ts";

/** A page that says what a table in the code says. */
export interface Page {
  readonly path: string;
  readonly source: string;
  content(): string;
}

/** What each outlook means for a person who waits. */
const outlooks = {
  settled: "fine",
  progressing: "goes on by itself",
  stalled: "waits for a change",
};

interface Setting {
  readonly desc?: string | undefined;
  readonly default?: unknown;
  readonly choices?: readonly unknown[];
}

/** The generated pages. */
export const pages: readonly Page[] = [
  {
    path: "docs/conditions.md",
    source:
      "operator/platform/reasons.ts, operator/game/reasons.ts, operator/jackpot/reasons.ts, operator/chain/reasons.ts",
    content: () =>
      page("operator/platform/reasons.ts and the reasons.ts of each kind", [
        "# Conditions and their reasons",
        "",
        "Every condition and event has one of these reasons; its message says what it means for that object.",
        "",
        "## Every kind",
        "",
        ...reasonTable(platformReasons),
        "",
        "## Game",
        "",
        "`Ready` has the first reason that keeps the game from serving its proven revision.",
        "",
        ...reasonTable(ownReasons(reasons)),
        "",
        "## Jackpot",
        "",
        "`TermsPending` is True while some of the spec waits for the next win; `Deleting` is False with `InUse` while Games name it.",
        "",
        ...reasonTable(ownReasons(jackpotReasons)),
        "",
        "## Chain",
        "",
        "`FinalityViolation` is the one condition that is well when it is False.",
        "",
        ...reasonTable(ownReasons(chainReasons)),
      ]),
  },
  {
    path: "docs/errors.md",
    source: "runtime/errors.ts",
    content: () =>
      page("runtime/errors.ts", [
        "# Refusals",
        "",
        "What an answer that is no success means. Bodies are problem details (RFC 9457) with a stable `code`.",
        "",
        ...table(
          ["code", "status", "meaning"],
          Object.values(errors).map(({ code, status, meaning }) => [
            `\`${code}\``,
            String(status),
            meaning,
          ]),
        ),
      ]),
  },
  {
    path: "docs/settings.md",
    source: "operator/config.ts, runtime/config.ts, lobby/config.ts, chain-agent/config.ts",
    content: () =>
      page("operator/config.ts, runtime/config.ts, lobby/config.ts and chain-agent/config.ts", [
        "# Settings",
        "",
        "Environment variables, read once at the start of a process. An empty one counts as not set.",
        "",
        "## Operator",
        "",
        ...settingsTable(operatorSettings),
        "",
        "## Game runtime",
        "",
        "The operator sets them; they are no part of a Game.",
        "",
        ...settingsTable(runtimeSettings),
        "",
        "## Lobby",
        "",
        ...settingsTable(lobbySettings),
        "",
        "## Chain agent",
        "",
        "The operator sets them; a Chain says what they come from.",
        "",
        ...settingsTable(chainAgentSettings),
      ]),
  },
];

function ownReasons(all: Readonly<Record<string, ReasonFacts>>) {
  return Object.fromEntries(Object.entries(all).filter(([name]) => !(name in platformReasons)));
}

function reasonTable(all: Readonly<Record<string, ReasonFacts>>): string[] {
  return table(
    ["reason", "outlook", "meaning", "what to do"],
    Object.entries(all).map(([name, { outlook, meaning, cure }]) => [
      `\`${name}\``,
      outlooks[outlook],
      meaning,
      cure,
    ]),
  );
}

function page(source: string, lines: readonly string[]): string {
  return [
    `<!-- Generated from ${source} by \`npm run generate\`: do not edit. -->`,
    ...lines,
    "",
  ].join("\n");
}

function settingsTable(settings: { readonly [name: string]: Setting }): string[] {
  return table(
    ["name", "default", "meaning"],
    Object.entries(settings).map(([name, setting]) => [
      `\`${name}\``,
      defaultText(setting),
      [setting.desc ?? "", ...(setting.choices ? [`(${setting.choices.join(", ")})`] : [])].join(
        " ",
      ),
    ]),
  );
}

function defaultText(setting: Setting): string {
  if (!("default" in setting)) return "required";
  const value = setting.default;
  if (value === undefined) return "";
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text === "" || text === "[]" || text === "{}" ? "" : `\`${text}\``;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}
