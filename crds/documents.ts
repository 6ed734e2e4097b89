import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { LineCounter, type Document as Parsed, parseAllDocuments, type YAMLParseError } from "yaml";
import { isObject } from "./defaults.ts";

/** One object of a manifest file. */
export interface Document {
  readonly file: string;
  /** How a person finds it: "Game casino/coin-flip", or "document 2". */
  readonly title: string;
  readonly object: unknown;
  /** The file was found in a folder, not named by the user: it may be no manifest at all. */
  readonly found?: boolean;
}

/** A file that is no YAML, with the line. */
export interface Unreadable {
  readonly file: string;
  readonly title: string;
  readonly line: string;
  readonly message: string;
}

const manifestFile = /\.(ya?ml|json)$/;
const skippedFolders = new Set(["node_modules", ".git"]);

/** The objects that a path stands for: of the file, or of every manifest in the folder and below, in order. */
export async function readPath(path: string): Promise<(Document | Unreadable)[]> {
  if (path === "-" || !(await stat(path)).isDirectory()) return readDocuments(path);
  const files = await filesBelow(path);
  const documents = (await Promise.all(files.map(readDocuments))).flat();
  return documents.map((document) => ({ ...document, found: true }));
}

async function filesBelow(path: string): Promise<string[]> {
  const entries = await readdir(path, { withFileTypes: true });
  const sorted = entries.toSorted((a, b) => (a.name < b.name ? -1 : 1));
  const nested = await Promise.all(
    sorted.map((entry) => {
      if (entry.isDirectory() && !skippedFolders.has(entry.name)) {
        return filesBelow(join(path, entry.name));
      }
      return entry.isFile() && manifestFile.test(entry.name) ? [join(path, entry.name)] : [];
    }),
  );
  return nested.flat();
}

async function readDocuments(file: string): Promise<(Document | Unreadable)[]> {
  const text = file === "-" ? await standardInput() : await readFile(file, "utf8");
  return parseDocuments(text, file === "-" ? "stdin" : file);
}

/** The objects of YAML or JSON text: of every document, and of every item of a List. */
export function parseDocuments(text: string, file: string): (Document | Unreadable)[] {
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, uniqueKeys: true });
  if ("empty" in documents) return [];
  return documents.flatMap((document, index): (Document | Unreadable)[] => {
    const title = `document ${index + 1}`;
    if (document.errors.length > 0) {
      return document.errors.map((error) => ({
        file,
        title,
        line: `line ${lines.linePos(error.pos[0]).line}`,
        message: messageOf(error),
      }));
    }
    const value = valueIn(document);
    if (value instanceof Error) return [{ file, title, line: "object", message: value.message }];
    return objectsOf(value).map((object) => ({
      file,
      title: titleOf(object) ?? title,
      object,
    }));
  });
}

/** The value of a document, or why it has none: aliases may stand for more than any memory holds. */
function valueIn(document: Parsed.Parsed): unknown {
  try {
    return document.toJS();
  } catch (error) {
    if (error instanceof ReferenceError) return new Error("its aliases stand for too much");
    throw error;
  }
}

function messageOf({ message, code }: YAMLParseError): string {
  if (message.startsWith("Maximum call stack")) return "it is nested too deeply";
  return message.split("\n")[0]?.replace(/ at line.*$/, "") ?? code;
}

function objectsOf(value: unknown): unknown[] {
  if (value === null || value === undefined) return [];
  if (isObject(value) && Array.isArray(value["items"]) && String(value["kind"]).endsWith("List")) {
    return value["items"].flatMap(objectsOf);
  }
  return [value];
}

function titleOf(object: unknown): string | undefined {
  if (!isObject(object) || !isObject(object["metadata"])) return undefined;
  const { name, namespace } = object["metadata"];
  if (typeof name !== "string" || typeof object["kind"] !== "string") return undefined;
  return `${object["kind"]} ${typeof namespace === "string" ? `${namespace}/` : ""}${name}`;
}

async function standardInput(): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}
