import { sameQuantity } from "./quantity.ts";

type Fields = Readonly<Record<string, unknown>>;

/**
 * Lists that the API keeps as maps: by field name, the keys that identify an entry. Only fields
 * that all entries have are used; lists not named here are compared as a whole.
 */
const LIST_MAPS: ReadonlyMap<string, readonly string[]> = new Map([
  ["conditions", ["type"]],
  ["containers", ["name"]],
  ["env", ["name"]],
  ["ephemeralContainers", ["name"]],
  ["hostAliases", ["ip"]],
  ["imagePullSecrets", ["name"]],
  ["initContainers", ["name"]],
  ["ownerReferences", ["uid"]],
  ["ports", ["containerPort", "port", "protocol"]],
  ["topologySpreadConstraints", ["topologyKey", "whenUnsatisfiable"]],
  ["volumeDevices", ["devicePath"]],
  ["volumeMounts", ["mountPath"]],
  ["volumes", ["name"]],
]);
/** What the API fills into a key that the entry leaves out. */
const KEY_DEFAULTS: Fields = { protocol: "TCP" };
/** Lists that the API keeps as sets. */
const SETS: ReadonlySet<string> = new Set(["finalizers"]);
/** Maps whose values are quantities, and fields that are one. */
const QUANTITY_MAPS: ReadonlySet<string> = new Set(["requests", "limits", "capacity", "hard"]);
const QUANTITIES: ReadonlySet<string> = new Set(["averageValue", "divisor", "sizeLimit"]);

/**
 * The JSON pointer of the first desired field that the live object does not hold; undefined if it
 * holds them all. What is live and not desired is others' or a default and does not count.
 * - null and undefined desire absence; an empty map or list is as good as absent, as the API drops it
 * - quantities are equal by value: "1000m" is "1"
 * - entries of list maps are found by their keys; other lists must match entry by entry
 */
export function firstDifference(desired: unknown, live: unknown): string | undefined {
  return differ(desired, live, []);
}

function differ(desired: unknown, live: unknown, path: readonly string[]): string | undefined {
  if (desired === live || (isVoid(desired) && isVoid(live))) return;
  if (Array.isArray(desired) && Array.isArray(live)) return differInList(desired, live, path);
  if (isFields(desired) && isFields(live)) return differInFields(desired, live, path);
  if (isQuantityAt(path) && isScalar(desired) && isScalar(live) && sameQuantity(desired, live))
    return;
  return pointer(path);
}

function differInFields(
  desired: Fields,
  live: Fields,
  path: readonly string[],
): string | undefined {
  for (const [name, value] of Object.entries(desired)) {
    const difference = differ(value, live[name], [...path, name]);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function differInList(
  desired: readonly unknown[],
  live: readonly unknown[],
  path: readonly string[],
): string | undefined {
  const field = path.at(-1) ?? "";
  if (SETS.has(field))
    return desired.every((one) => live.includes(one)) ? undefined : pointer(path);
  const keys = LIST_MAPS.get(field);
  const keyed = keys !== undefined && [...desired, ...live].every((one) => isKeyed(one, keys));
  if (!keyed && desired.length !== live.length) return pointer(path);
  for (const [index, entry] of desired.entries()) {
    const other = keyed ? live.find((one) => sameKeys(entry, one, keys)) : live[index];
    const difference = differ(entry, other, [...path, String(index)]);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function isKeyed(entry: unknown, keys: readonly string[]): entry is Fields {
  return isFields(entry) && keys.some((key) => entry[key] !== undefined);
}

function sameKeys(a: unknown, b: unknown, keys: readonly string[]): boolean {
  if (!isFields(a) || !isFields(b)) return false;
  return keys.every((key) => (a[key] ?? KEY_DEFAULTS[key]) === (b[key] ?? KEY_DEFAULTS[key]));
}

function isVoid(value: unknown): boolean {
  if (value === undefined || value === null) return true;
  return typeof value === "object" && Object.values(value).every((one) => one === undefined);
}

function isFields(value: unknown): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isScalar(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

// Only where the API has quantities: in a ConfigMap "1k" and "1000" are two texts.
function isQuantityAt(path: readonly string[]): boolean {
  return QUANTITIES.has(path.at(-1) ?? "") || QUANTITY_MAPS.has(path.at(-2) ?? "");
}

function pointer(path: readonly string[]): string {
  return path.map((part) => `/${part.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}
