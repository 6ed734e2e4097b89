import type { Route } from "../../runtime/route.ts";
import { jackpotName, namespaceName, winId } from "./jackpot-schemas.ts";
import { winProof } from "./schemas.ts";
import type { LobbyService } from "./service.ts";

const proofOf = {
  name: "jackpot-win-proof",
  text: `SELECT pitboss.jackpot_win_proof(w.id) AS proof
           FROM pitboss.jackpot_wins w JOIN pitboss.jackpots j ON j.id = w.jackpot
          WHERE w.id = $1 AND j.namespace = $2 AND j.name = $3`,
};

const patterns = { namespace: namespaceName, name: jackpotName, id: winId };

/** GET /jackpots/{namespace}/{name}/wins/{id}/proof: what shows that a win was right. */
export function getWinProof({ database }: LobbyService): Route {
  return {
    method: "GET",
    path: "/jackpots/{namespace}/{name}/wins/{id}/proof",
    name: "winProof",
    summary: "The proof of a jackpot's win",
    access: "public",
    answers: { 200: { meaning: "The proof, for `npm run verify`.", schema: winProof } },
    refusals: ["not_found"],
    async handle({ params }) {
      const { namespace = "", name = "", id = "" } = params;
      const known = Object.entries(patterns).every(([key, { pattern }]) =>
        new RegExp(pattern).test(params[key] ?? ""),
      );
      const [row] = known ? await database.query(proofOf, [id, namespace, name]) : [];
      if (row === undefined) return { refused: "not_found", detail: "there is no such win" };
      return { status: 200, body: row.proof };
    },
  };
}
