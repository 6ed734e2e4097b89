import { type ChainNode, NodeError, type SubmitOutcome } from "../adapters/adapter.ts";

export interface Sent {
  /** At least one node has it. */
  readonly taken: boolean;
  /** The nodes' other answers. */
  readonly outcomes: ReadonlySet<SubmitOutcome>;
  /** Their words. */
  readonly message: string;
}

/** Gives a transaction to every node: one that withholds it does not stop it. A node that knows it has taken it. */
export async function send(nodes: readonly ChainNode[], raw: string): Promise<Sent> {
  const answers = await Promise.all(nodes.map((node) => submitTo(node, raw)));
  const said = answers.filter((answer) => answer !== undefined);
  const refused = said.filter(({ outcome }) => outcome !== "accepted" && outcome !== "known");
  return {
    taken: refused.length < said.length,
    outcomes: new Set(refused.map(({ outcome }) => outcome)),
    message: refused[0]?.message ?? (said.length === 0 ? "no node answers" : ""),
  };
}

async function submitTo(node: ChainNode, raw: string) {
  try {
    return await node.submit(raw);
  } catch (error) {
    // It may have it or not: it is sent again, and then it says so.
    if (error instanceof NodeError) return undefined;
    throw error;
  }
}
