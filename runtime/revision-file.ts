import { readFile } from "node:fs/promises";
import type { Json } from "../games/game.ts";
import { engines } from "../games/index.ts";
import { type Compiled, compile } from "../games/play.ts";
import { ConfigError } from "./config.ts";

interface RevisionFile {
  readonly engine: string;
  readonly engineVersion: string;
  readonly config: Json;
  readonly revision: string;
}

function isRevisionFile(value: unknown): value is RevisionFile {
  if (typeof value !== "object" || value === null) return false;
  const texts = ["engine", "engineVersion", "revision"].map((name) => Reflect.get(value, name));
  return texts.every((text) => typeof text === "string") && "config" in value;
}

/** Makes ready what the operator has proven; throws where this code would play anything else. */
export async function readRevision(path: string): Promise<Compiled> {
  const file: unknown = JSON.parse(await readFile(path, "utf8"));
  if (!isRevisionFile(file)) {
    throw new ConfigError(`${path} must hold {engine, engineVersion, config, revision}`);
  }
  const engine = engines.get(file.engine);
  if (engine?.version !== file.engineVersion) {
    const have = engine === undefined ? "not this engine" : `version ${engine.version}`;
    throw new ConfigError(
      `${path} asks for ${file.engine} ${file.engineVersion}; this image has ${have}`,
    );
  }
  const compiled = compile(engine, file.config);
  if ("problems" in compiled) {
    throw new ConfigError(`${path}: ${JSON.stringify(compiled.problems)}`);
  }
  if (compiled.revision !== file.revision) {
    throw new ConfigError(`${path} says ${file.revision}, its content is ${compiled.revision}`);
  }
  return compiled;
}

/** Reads the game's seed key: 32 bytes as 64 hex digits. */
export async function readSeedKey(path: string): Promise<Buffer> {
  const text = (await readFile(path, "utf8")).trim();
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new ConfigError(`${path} must hold 64 hex digits`);
  return Buffer.from(text, "hex");
}
