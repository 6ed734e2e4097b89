type Labels = Readonly<Record<string, string>>;

/** A list of requirements, as the API's `labelSelector` parameter writes them. */
export function selects(selector: string, labels: Labels): boolean {
  return requirements(selector).every((one) => holds(one, labels));
}

/** Splits at the commas that are not inside the brackets of a set. */
function requirements(selector: string): string[] {
  return selector
    .split(/,(?![^(]*\))/)
    .map((one) => one.trim())
    .filter((one) => one !== "");
}

function holds(requirement: string, labels: Labels): boolean {
  const set = /^(\S+)\s+(in|notin)\s+\(([^)]*)\)$/.exec(requirement);
  if (set) {
    const [, key = "", operator, values = ""] = set;
    const listed = values.split(",").map((value) => value.trim());
    return listed.includes(labels[key] ?? "") === (operator === "in");
  }
  const equality = /^([^=!\s]+)\s*(!=|==?)\s*(.*)$/.exec(requirement);
  if (equality) {
    const [, key = "", operator, value = ""] = equality;
    return (labels[key] === value) === (operator !== "!=");
  }
  if (requirement.startsWith("!")) return labels[requirement.slice(1)] === undefined;
  return labels[requirement] !== undefined;
}
