/** Everything that a Game owns in the cluster, in the order in which it is made. */
import type { Game } from "../../crds/generated/game.ts";
import type { Platform } from "../config.ts";
import type { Kind } from "../kube/object.ts";
import type { Plan } from "../platform/apply.ts";
import { kinds } from "../platform/kinds.ts";
import { withReplicas } from "./hand-over.ts";
import { buildAutoscaler } from "./resources/autoscaler.ts";
import type { Child } from "./resources/child.ts";
import { buildConfigMap } from "./resources/config-map.ts";
import { buildDeployment } from "./resources/deployment.ts";
import { buildDisruptionBudget } from "./resources/disruption-budget.ts";
import { buildChainSecret, type ChainAccess, chainSecretName } from "./resources/entropy.ts";
import type { Credentials, Revision } from "./resources/facts.ts";
import { buildIngress } from "./resources/ingress.ts";
import { childName } from "./resources/names.ts";
import { buildNetworkPolicy } from "./resources/network-policy.ts";
import { buildPrometheusRule } from "./resources/prometheus-rule.ts";
import { buildRoute } from "./resources/route.ts";
import { buildSecret } from "./resources/secret.ts";
import { buildService } from "./resources/service.ts";
import { buildServiceMonitor } from "./resources/service-monitor.ts";

export interface ServingFacts {
  readonly serving: Revision;
  readonly credentials: Credentials;
  /** Where its entropy comes from, if it takes any. */
  readonly chain?: ChainAccess | undefined;
}

/** The children of a Game whose revision is accepted. */
export function planChildren(game: Game, platform: Platform, facts: ServingFacts): Plan[] {
  const { serving, credentials, chain } = facts;
  const deployment = buildDeployment(game, platform, {
    revision: serving.revision,
    replicas: game.spec.replicas,
    certified: credentials.ca !== undefined,
    chain,
  });
  const gate = (kind: Kind, desired: Child): Plan => ({
    ...{ kind, desired, gates: true },
    name: desired.metadata.name,
  });
  const plan = (kind: Kind, desired: Child | undefined): Plan => ({
    ...{ kind, desired, gates: false },
    name: childName(game),
  });
  return [
    gate(kinds.configMap, buildConfigMap(game, serving)),
    gate(kinds.secret, buildSecret(game, credentials)),
    {
      ...{ kind: kinds.secret, name: chainSecretName(game), gates: true },
      desired: buildChainSecret(game, chain),
    },
    {
      ...gate(kinds.deployment, deployment),
      adjust: (client, desired, live) => withReplicas(client, game, desired, live),
    },
    gate(kinds.service, buildService(game)),
    plan(kinds.autoscaler, buildAutoscaler(game)),
    plan(kinds.disruptionBudget, buildDisruptionBudget(game)),
    plan(
      kinds.networkPolicy,
      buildNetworkPolicy(game, platform, { databasePort: credentials.port, chain }),
    ),
    plan(kinds.serviceMonitor, buildServiceMonitor(game, platform)),
    plan(kinds.prometheusRule, buildPrometheusRule(game, platform)),
    plan(kinds.route, buildRoute(game, platform)),
    plan(kinds.ingress, buildIngress(game, platform)),
  ];
}
