import { parser } from "@prometheus-io/lezer-promql";

/** The metrics that a PromQL expression names; throws where it is none. Grafana's variables stand for a value of their kind. */
export function metricsOf(expression: string): Set<string> {
  const expr = expression
    .replaceAll("$__rate_interval", "5m")
    .replaceAll("$__range", "1h")
    .replaceAll(/\$\w+/g, "x");
  const metrics = new Set<string>();
  parser.parse(expr).iterate({
    enter({ type, from, node }) {
      if (type.isError) {
        throw new SyntaxError(`at ${from} of: ${expression}`);
      }
      const selector = type.name === "VectorSelector" ? node.getChild("Identifier") : null;
      if (selector) metrics.add(expr.slice(selector.from, selector.to));
    },
  });
  return metrics;
}
