import { grafana } from "./grafana.ts";
import { dashboards } from "./index.ts";

const home = "manifests/monitoring/dashboards";

/** The files that Grafana reads; `npm run generate` writes them. */
export const dashboardFiles = dashboards.map((dashboard) => ({
  path: `${home}/generated/${dashboard.name}.json`,
  sources: [`${home}/${dashboard.name}.ts`],
  content: () => `${JSON.stringify(grafana(dashboard), null, 2)}\n`,
}));
