/** The kinds of values that settings of the operator can have, beside those of envalid. */
import { EnvError, makeExactValidator } from "envalid";

/** An object of a namespaced kind. */
export interface NamespacedName {
  readonly namespace: string;
  readonly name: string;
}

/** Texts separated by commas. */
export const list = makeExactValidator<readonly string[]>((text) =>
  text
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== ""),
);

/** namespace/name, or nothing. */
export const namespacedName = makeExactValidator<NamespacedName | undefined>((text) => {
  if (text === "") return undefined;
  const [namespace, name, ...rest] = text.split("/");
  if (!namespace || !name || rest.length > 0) throw new EnvError("expected namespace/name");
  return { namespace, name };
});

/** "team=sre,tier=1", as Prometheus operators select what they watch. */
export const pairs = makeExactValidator<Readonly<Record<string, string>>>((text) =>
  Object.fromEntries(
    text
      .split(",")
      .filter((part) => part.trim() !== "")
      .map((part) => {
        const [key, value, ...rest] = part.trim().split("=");
        if (!key || value === undefined || rest.length > 0) throw new EnvError("expected a=b,c=d");
        return [key, value];
      }),
  ),
);

/** A JSON object of strings. */
export const stringMap = makeExactValidator<Readonly<Record<string, string>>>((text) => {
  const value: unknown = text === "" ? {} : JSON.parse(text);
  const isMap = typeof value === "object" && value !== null && !Array.isArray(value);
  if (!isMap || Object.values(value).some((it) => typeof it !== "string")) {
    throw new EnvError("expected a JSON object of strings");
  }
  return value as Record<string, string>;
});
