import { service as definition } from "grpc-health-check";
import { Refusal } from "./errors.ts";
import type { Definition } from "./rpc.ts";
import { type Call, type Service, service } from "./service.ts";

/** grpc.health.v1: of the process under "", and of each service. https://github.com/grpc/grpc/blob/master/doc/health-checking.md */
type Status = "SERVING" | "NOT_SERVING" | "SERVICE_UNKNOWN";

interface Request {
  readonly service: string;
}

const lookMs = 500;

/** The health service over the services of an agent; once it drains all are NOT_SERVING. */
export function healthService(services: readonly Service[], draining: () => boolean): Service {
  const byName = new Map(services.map((one) => [one.name, one]));
  const word = (serving: boolean): Status => (serving && !draining() ? "SERVING" : "NOT_SERVING");
  const statusOf = (name: string): Status | undefined => {
    if (name === "") return word(true);
    const found = byName.get(name);
    return found === undefined ? undefined : word(found.serving());
  };
  const handlers = {
    check: async ({ service: name }: Request) => {
      const status = statusOf(name);
      if (status === undefined) throw new Refusal("UNKNOWN_SERVICE", undefined, { service: name });
      return { status };
    },
    list: async () => ({
      statuses: Object.fromEntries(
        ["", ...byName.keys()].map((name) => [name, { status: statusOf(name) }]),
      ),
    }),
    watch: (request: Request, call: Call) =>
      watch(() => statusOf(request.service) ?? "SERVICE_UNKNOWN", call),
  };
  return service(definition as Definition<typeof definition>, handlers as never);
}

async function* watch(status: () => Status, { signal, draining }: Call) {
  let told: Status | undefined;
  while (!signal.aborted) {
    const now = status();
    if (now !== told) yield { status: now };
    told = now;
    if (draining.aborted) return;
    await rest(AbortSignal.any([signal, draining]));
  }
}

function rest(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, lookMs);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
