import { Representation } from "../representation.ts";
import type { Route } from "../route.ts";
import { revisionFields } from "./rules.ts";
import { object, time } from "./schemas.ts";
import type { GameService } from "./service.ts";

/** Answers that are kept: they never change, and some are large. */
const KEPT_MAX = 8;

const form = /^[0-9a-f]{16}$/;

/** GET …/revisions/{revision}: the rules that rounds were played by, for as long as there is one. */
export function revision({ game, revision: find }: GameService): Route {
  const kept = new Map<string, Representation>();

  async function made(asked: string): Promise<Representation | undefined> {
    const found = form.test(asked) ? await find(asked) : null;
    if (found === null) return undefined;
    const { returns, ...rest } = found;
    const head = JSON.stringify({ revision: asked, ...rest });
    return new Representation(`${head.slice(0, -1)},"returns":${returns}}`);
  }

  async function answer(asked: string): Promise<Representation | undefined> {
    const body = kept.get(asked) ?? (await made(asked));
    if (body === undefined) return undefined;
    const [oldest] = kept.keys();
    if (!kept.has(asked) && kept.size >= KEPT_MAX && oldest !== undefined) kept.delete(oldest);
    kept.set(asked, body);
    return body;
  }

  return {
    method: "GET",
    path: `/games/${game}/revisions/{revision}`,
    name: "getRevision",
    summary: "What a revision of this game is, for as long as there is a round of it",
    access: "public",
    answers: {
      200: {
        meaning: "The revision, with an ETag.",
        schema: object({ ...revisionFields, provenAt: time }),
      },
      304: { meaning: "The revision is what If-None-Match names." },
    },
    refusals: ["not_found"],
    async handle({ params }) {
      const body = await answer(params["revision"] ?? "");
      if (body !== undefined) return { status: 200, body };
      const detail = `This game has no round of this revision: take the \`revision\` of a round, or of GET /games/${game}.`;
      return { refused: "not_found", detail };
    },
  };
}
