/** What the agents' answers come to when they are taken together. */
import type { ChainStatus } from "../../crds/generated/chain.ts";
import type { Answers } from "./agent-reports.ts";
import type { Observed } from "./observe.ts";
import type { AgentReport, BlockRef } from "./report-of-agent.ts";

/** The answers that there are, by the pods' names. */
export function reportsOf(answers: Answers): AgentReport[] {
  return [...answers]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([, report]) => (report ? [report] : []));
}

/** What broke finality, if it is broken. */
export function findViolation(answers: Answers): string | undefined {
  const reports = reportsOf(answers);
  const told = reports.find(({ violation }) => violation !== undefined)?.violation;
  if (told !== undefined) return told;
  const seen = new Map<bigint, BlockRef>();
  for (const { finalized } of reports) {
    if (!finalized) continue;
    const other = seen.get(finalized.height);
    if (other && other.hash !== finalized.hash) {
      return `two agents call different blocks ${finalized.height} final: ${other.hash} and ${finalized.hash}`;
    }
    seen.set(finalized.height, finalized);
  }
  return undefined;
}

/** Nodes wanted and nodes that follow the chain. */
export function nodeCount({
  chain,
  daemonSet,
  answers,
}: Observed): NonNullable<ChainStatus["nodes"]> {
  const reports = reportsOf(answers);
  const good = (report: AgentReport) => report.nodes.filter(({ state }) => state === "OK").length;
  // Beside the agents each has nodes of its own; apart from them all ask the same ones.
  const beside = chain.spec.topology === "sidecar";
  const machines = daemonSet?.status?.desiredNumberScheduled ?? 0;
  const ready = beside
    ? reports.filter((report) => report.nodes.length > 0 && good(report) === report.nodes.length)
        .length
    : Math.max(0, ...reports.map(good));
  const desired = beside
    ? machines
    : Math.max(chain.spec.node.replicas ?? 1, ...reports.map(({ nodes }) => nodes.length));
  return { desired, ready, text: `${ready}/${desired}` };
}

/** The head, what is final, and how old the head is: of the agent that is furthest. */
export function figures(answers: Answers): Pick<ChainStatus, "head" | "finalized" | "lag"> {
  const reports = reportsOf(answers).filter(({ head }) => head !== undefined);
  const best = reports.toSorted((a, b) =>
    Number((b.head?.height ?? 0n) - (a.head?.height ?? 0n)),
  )[0];
  if (!best) return {};
  const { head, finalized, headAgeSeconds } = best;
  return {
    ...(head ? { head: blockOf(head) } : {}),
    ...(finalized ? { finalized: blockOf(finalized) } : {}),
    ...(headAgeSeconds === undefined ? {} : { lag: `${headAgeSeconds}s` }),
  };
}

const blockOf = ({ height, hash }: BlockRef) => ({ height: Number(height), hash });
