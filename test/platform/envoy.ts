import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";

/** The parts of Envoy Gateway's translation that a proxy without a control plane needs said otherwise. */
interface Dump {
  readonly "@type": string;
  readonly dynamicActiveClusters?: readonly { readonly cluster: Cluster }[];
  readonly dynamicListeners?: readonly { readonly activeState: { readonly listener: Listener } }[];
  readonly dynamicRouteConfigs?: readonly { readonly routeConfig: { readonly name: string } }[];
}

interface Cluster {
  readonly name: string;
}

interface Listener {
  readonly name: string;
  readonly address: object;
  readonly defaultFilterChain?: { readonly filters: readonly Filter[] };
}

interface Filter {
  readonly name: string;
  readonly typedConfig: { readonly rds?: { readonly routeConfigName: string } };
}

const upstreamProtocol = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";

/**
 * A configuration that Envoy runs by itself: the translated listeners and routes as they are, on `port` of this machine, and
 * every cluster led to `upstream`.
 */
export function standalone(dumps: readonly Dump[], port: number, upstream: number): object {
  const all = <T>(pick: (dump: Dump) => readonly T[] | undefined) =>
    dumps.flatMap((dump) => pick(dump) ?? []);
  const routes = all((dump) => dump.dynamicRouteConfigs).map(({ routeConfig }) =>
    withoutType(routeConfig),
  );
  const clusters = all((dump) => dump.dynamicActiveClusters).map(({ cluster }) => cluster.name);
  const listeners = all((dump) => dump.dynamicListeners)
    .map(({ activeState }) => withoutType(activeState.listener))
    .filter(({ defaultFilterChain }) => defaultFilterChain !== undefined);
  return {
    staticResources: {
      listeners: listeners.map(({ defaultFilterChain, ...listener }) => ({
        ...listener,
        address: { socketAddress: { address: "127.0.0.1", portValue: port } },
        defaultFilterChain: {
          ...defaultFilterChain,
          filters: defaultFilterChain?.filters.map((filter) => withRoutes(filter, routes)),
        },
      })),
      clusters: clusters.map((name) => ({
        name,
        type: "STATIC",
        connectTimeout: "2s",
        typedExtensionProtocolOptions: {
          [upstreamProtocol]: {
            "@type": `type.googleapis.com/${upstreamProtocol}`,
            explicitHttpConfig: { httpProtocolOptions: {} },
          },
        },
        loadAssignment: {
          clusterName: name,
          endpoints: [{ lbEndpoints: [{ endpoint: { address: loopback(upstream) } }] }],
        },
      })),
    },
  };
}

/** In a list of its own kind a message does not say its type. */
function withoutType<T extends object>(message: T): T {
  const { "@type": _, ...rest } = message as T & { "@type"?: string };
  return rest as unknown as T;
}

const loopback = (port: number) => ({ socketAddress: { address: "127.0.0.1", portValue: port } });

function withRoutes(filter: Filter, routes: readonly { readonly name: string }[]): object {
  const { rds, ...config } = filter.typedConfig;
  if (rds === undefined) return filter;
  const routeConfig = routes.find(({ name }) => name === rds.routeConfigName);
  if (routeConfig === undefined) throw new Error(`no routes ${rds.routeConfigName}`);
  return { ...filter, typedConfig: { ...config, routeConfig } };
}

/** Runs Envoy until it answers; throws with its last words where it does not. */
export async function startEnvoy(
  binary: string,
  config: string,
  port: number,
): Promise<{ stop(): Promise<void> }> {
  const args = ["-c", config, "--use-dynamic-base-id", "--concurrency", "1", "-l", "warning"];
  const child: ChildProcess = spawn(binary, args, { stdio: ["ignore", "ignore", "pipe"] });
  let words = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    words = (words + text).slice(-4_000);
  });
  for (let tries = 0; tries < 300; tries++) {
    if (child.exitCode !== null) throw new Error(`Envoy ended: ${words}`);
    const answered = await fetch(`http://127.0.0.1:${port}/nowhere`).then(
      () => true,
      () => false,
    );
    if (answered) {
      return {
        async stop() {
          if (child.kill("SIGTERM")) await once(child, "exit");
        },
      };
    }
    await sleep(100);
  }
  child.kill("SIGKILL");
  throw new Error(`Envoy does not answer: ${words}`);
}
