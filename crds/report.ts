import type { Problem } from "../games/game.ts";
import { isObject } from "./defaults.ts";
import type { Document, Unreadable } from "./documents.ts";
import { jackpotLinks } from "./jackpot-links.ts";
import { isOurs, validateManifest } from "./validate.ts";

/** What `npm run validate` prints, and whether it found a fault. */
export interface Report {
  readonly lines: string[];
  readonly faults: number;
}

/**
 * One line an object, or one line a fault: `file: document: path: problem`. Objects of other groups are named as
 * skipped, so that nobody takes silence for a check.
 */
export function report(documents: readonly (Document | Unreadable)[]): Report {
  const owners = new Map<string, Document>();
  const links = jackpotLinks(
    documents.map((document) => ("object" in document ? document.object : undefined)),
  );
  const judged = documents.map((document) => judge(document, owners, links));
  return {
    lines: judged.flatMap(({ lines }) => lines),
    faults: judged.reduce((sum, { faults }) => sum + faults, 0),
  };
}

function judge(
  document: Document | Unreadable,
  owners: Map<string, Document>,
  links: (object: unknown) => Problem[],
): Report {
  const place = `${document.file}: ${document.title}`;
  if (!("object" in document)) {
    return { lines: [`${place}: ${document.line}: ${document.message}`], faults: 1 };
  }
  const reason = skipped(document);
  if (reason !== undefined) return { lines: [`${place}: skipped, ${reason}`], faults: 0 };
  const { object } = document;
  const own = validateManifest(object);
  const problems = [
    ...own,
    ...(own.length > 0 ? [] : links(object)),
    ...nameTaken(document, owners),
  ];
  if (problems.length === 0) return { lines: [`${place}: valid`], faults: 0 };
  const lines = problems.map(
    ({ pointer, message }) => `${place}: ${fieldPath(pointer)}: ${message}`,
  );
  return { lines, faults: lines.length };
}

function skipped({ object, found = false }: Document): string | undefined {
  if (!isObject(object) || !("apiVersion" in object || "kind" in object)) {
    return found ? "no Kubernetes object" : undefined;
  }
  const { apiVersion } = object;
  return typeof apiVersion === "string" && !isOurs(object)
    ? `${apiVersion} is not of pitboss.dev`
    : undefined;
}

/** A Game's name is unique in the platform, whatever its namespace; a Jackpot's in its namespace. */
function nameTaken(document: Document, owners: Map<string, Document>): Problem[] {
  const { object } = document;
  if (!isObject(object) || !isObject(object["metadata"])) return [];
  const { name, namespace = "default" } = object["metadata"];
  const key = object["kind"] === "Game" ? `Game ${name}` : `${object["kind"]} ${namespace}/${name}`;
  const first = owners.get(key);
  if (first === undefined) {
    owners.set(key, document);
    return [];
  }
  const message = `the name ${name} is taken by ${first.title} in ${first.file}; choose another`;
  return [{ pointer: "/metadata/name", message }];
}

/** A JSON pointer as Kubernetes writes paths: /spec/stakes/0/min is spec.stakes[0].min. */
export function fieldPath(pointer: string): string {
  const parts = pointer.split("/").slice(1);
  const names = parts.map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const path = names.map((name) => {
    if (/^\d+$/.test(name)) return `[${name}]`;
    return /^[A-Za-z_][\w-]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
  });
  return path.join("").replace(/^\./, "") || "object";
}
