/** Everything that a Chain owns in the cluster, in the order in which it is made. */
import type { Chain } from "../../crds/generated/chain.ts";
import type { Platform } from "../config.ts";
import type { Kind } from "../kube/object.ts";
import type { Plan } from "../platform/apply.ts";
import { kinds } from "../platform/kinds.ts";
import type { Child } from "./resources/child.ts";
import { buildDaemonSet } from "./resources/daemon-set.ts";
import type { ChainFacts } from "./resources/facts.ts";
import { childName } from "./resources/names.ts";
import { buildAgentPolicy, buildNodePolicy } from "./resources/network-policy.ts";
import { buildPrometheusRule } from "./resources/prometheus-rule.ts";
import { buildAgentSecret, buildJwtSecret } from "./resources/secret.ts";
import { buildAgentService, buildNodeService } from "./resources/service.ts";
import { buildServiceMonitor } from "./resources/service-monitor.ts";
import { buildStatefulSet } from "./resources/stateful-set.ts";

/** The policies come before the pods that they hold. */
export function planChildren(chain: Chain, platform: Platform, facts: ChainFacts): Plan[] {
  const gate = (kind: Kind, desired: Child): Plan => ({
    ...{ kind, desired, gates: true },
    name: desired.metadata.name,
  });
  const plan = (kind: Kind, desired: Child | undefined, role: "agent" | "node"): Plan => ({
    ...{ kind, desired, gates: false },
    name: childName(chain, role),
  });
  return [
    gate(kinds.secret, buildJwtSecret(chain, facts)),
    gate(kinds.secret, buildAgentSecret(chain, facts)),
    gate(kinds.networkPolicy, buildAgentPolicy(chain, platform, facts)),
    { ...plan(kinds.networkPolicy, buildNodePolicy(chain, platform, facts), "node"), gates: true },
    gate(kinds.service, buildAgentService(chain)),
    plan(kinds.service, buildNodeService(chain, facts), "node"),
    plan(kinds.statefulSet, buildStatefulSet(chain, platform, facts), "node"),
    gate(kinds.daemonSet, buildDaemonSet(chain, platform, facts)),
    plan(kinds.serviceMonitor, buildServiceMonitor(chain, platform), "agent"),
    plan(kinds.prometheusRule, buildPrometheusRule(chain, platform), "agent"),
  ];
}
