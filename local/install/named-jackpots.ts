import type { Manifest } from "./documents.ts";

/**
 * The example Jackpots that Games among the manifests name and the manifests do not hold: a copy of an
 * example Game would wait for its Jackpot for ever.
 */
export function namedJackpots(
  manifests: readonly Manifest[],
  examples: readonly Manifest[],
  namespace: string,
): Manifest[] {
  const placed = (object: Manifest, name: string) =>
    `${object.metadata.namespace ?? namespace}/${name}`;
  const named = new Set(
    manifests.flatMap((object) => jackpotsOf(object).map((name) => placed(object, name))),
  );
  const held = new Set(
    manifests
      .filter(({ kind }) => kind === "Jackpot")
      .map((object) => placed(object, object.metadata.name)),
  );
  return examples.filter((example) => {
    const place = placed(example, example.metadata.name);
    return named.has(place) && !held.has(place);
  });
}

function jackpotsOf(object: Manifest): string[] {
  if (object.kind !== "Game") return [];
  const { spec } = object as { spec?: { jackpots?: unknown } };
  const list = Array.isArray(spec?.jackpots) ? (spec.jackpots as unknown[]) : [];
  return list.flatMap((reference) => {
    const { name } = (reference ?? {}) as { name?: unknown };
    return typeof name === "string" ? [name] : [];
  });
}
