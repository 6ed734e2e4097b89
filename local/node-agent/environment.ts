import { fieldOf } from "./fields.ts";
import type { Container, EnvVariable, Pod } from "./kinds.ts";
import { NotThereYet, type Sources } from "./sources.ts";

/** What the environment of a container is made of, beside the pod itself. */
export interface Surroundings {
  podIP: string;
  sources: Sources;
  /** The folder of each volume by name. */
  volumes: ReadonlyMap<string, string>;
  /** The port on 127.0.0.1 of each named container port. */
  ports: Readonly<Record<string, number>>;
  /** Variables that every container gets, such as where the API server is. */
  common: Readonly<Record<string, string>>;
}

/**
 * The environment of a container's process. A process has no mounts of its own: a value that is a path
 * in one of them becomes the path of the volume's folder, and each named port's variable
 * (`http` → PITBOSS_HTTP_PORT) the port that it got.
 */
export async function environmentOf(
  pod: Pod,
  container: Container,
  around: Surroundings,
): Promise<Record<string, string>> {
  const env: Record<string, string> = { ...around.common };
  Object.assign(env, await fromSources(pod, container, around.sources));
  const ports = portVariables(container, around.ports);
  Object.assign(env, ports);
  for (const variable of container.env ?? []) {
    const value = ports[variable.name] ?? (await variableValue(pod, variable, around));
    if (value !== undefined) env[variable.name] = expand(value, env);
  }
  for (const [name, value] of Object.entries(env)) env[name] = mapped(value, container, around);
  return env;
}

/** Of the container's own ports, and of those of the pod that its environment names. */
function portVariables(
  { ports = [], env = [] }: Container,
  all: Readonly<Record<string, number>>,
): Record<string, string> {
  const named = Object.entries(all).map(
    ([name, port]) =>
      [name, `PITBOSS_${name.toUpperCase().replaceAll("-", "_")}_PORT`, String(port)] as const,
  );
  const wanted = named.filter(
    ([name, variable]) =>
      ports.some((declared) => declared.name === name) || env.some((one) => one.name === variable),
  );
  return Object.fromEntries(wanted.map(([, variable, port]) => [variable, port]));
}

async function fromSources(
  { metadata: { namespace } }: Pod,
  container: Container,
  sources: Sources,
): Promise<Record<string, string>> {
  const env: Record<string, string> = {};
  for (const { prefix = "", configMapRef, secretRef } of container.envFrom ?? []) {
    const data = configMapRef
      ? await sources.configMap(namespace, configMapRef.name, configMapRef.optional)
      : await sources.secret(namespace, secretRef?.name ?? "", secretRef?.optional);
    for (const [key, value] of data) env[prefix + key] = value.toString("utf8");
  }
  return env;
}

async function variableValue(
  pod: Pod,
  { value, valueFrom }: EnvVariable,
  { sources, podIP }: Surroundings,
): Promise<string | undefined> {
  if (!valueFrom) return value ?? "";
  const { fieldRef, configMapKeyRef, secretKeyRef } = valueFrom;
  if (fieldRef) return fieldOf(pod, fieldRef.fieldPath, podIP) ?? "";
  const reference = configMapKeyRef ?? secretKeyRef;
  if (!reference) return "";
  const { namespace } = pod.metadata;
  const read = configMapKeyRef ? "configMap" : "secret";
  const data = await sources[read](namespace, reference.name, reference.optional);
  const found = data.get(reference.key);
  if (found) return found.toString("utf8");
  if (reference.optional) return undefined;
  throw new NotThereYet(`key ${reference.key} not found in ${read} ${namespace}/${reference.name}`);
}

/** $(NAME) stands for a variable set before; $$(NAME) for itself, as Kubernetes has it. */
export function expand(value: string, env: Readonly<Record<string, string>>): string {
  return value.replace(/\$(\$)?\(([A-Za-z0-9_.-]+)\)/g, (whole, escaped, name) =>
    escaped ? `$(${name})` : (env[name] ?? whole),
  );
}

function mapped(value: string, container: Container, { volumes }: Surroundings): string {
  for (const { name, mountPath, subPath } of container.volumeMounts ?? []) {
    const folder = volumes.get(name);
    const inside = value === mountPath || value.startsWith(`${mountPath}/`);
    if (!folder || !inside) continue;
    return `${folder}${subPath ? `/${subPath}` : ""}${value.slice(mountPath.length)}`;
  }
  return value;
}
