import type { Dashboard, Panel, Variable } from "./panel.ts";

const COLUMNS = 24;
const ACROSS = 3;
const HEIGHT = 8;
const datasource = { type: "prometheus", uid: "$datasource" };

/** Grafana's JSON model of a dashboard, three panels to a line. Source: grafana.com/docs, JSON model (schema 39). */
export function grafana({ name, title, rows, variables = [] }: Dashboard): object {
  const panels: object[] = [];
  let y = 0;
  for (const row of rows) {
    panels.push({
      id: panels.length + 1,
      type: "row",
      title: row.title,
      collapsed: false,
      panels: [],
      gridPos: { h: 1, w: COLUMNS, x: 0, y },
    });
    y += 1;
    for (const [i, panel] of row.panels.entries()) {
      const gridPos = {
        h: HEIGHT,
        w: COLUMNS / ACROSS,
        x: (i % ACROSS) * (COLUMNS / ACROSS),
        y: y + Math.floor(i / ACROSS) * HEIGHT,
      };
      panels.push({ id: panels.length + 1, gridPos, ...panelOf(panel) });
    }
    y += Math.ceil(row.panels.length / ACROSS) * HEIGHT;
  }
  return {
    uid: `pitboss-${name}`,
    title: `Pitboss / ${title}`,
    tags: ["pitboss"],
    schemaVersion: 39,
    editable: false,
    refresh: "30s",
    time: { from: "now-6h", to: "now" },
    templating: { list: [dataSourceVariable, ...variables.map(variableOf)] },
    panels,
  };
}

const dataSourceVariable = {
  name: "datasource",
  label: "Data source",
  type: "datasource",
  query: "prometheus",
  current: {},
};

function variableOf({ label, from }: Variable): object {
  return {
    name: label,
    label,
    type: "query",
    datasource,
    query: { query: `label_values(${from}, ${label})`, refId: label },
    includeAll: true,
    multi: true,
    allValue: ".*",
    refresh: 2,
    current: { text: "All", value: "$__all" },
  };
}

function panelOf({ kind, title, unit, queries, description }: Panel): object {
  return {
    type: kind,
    title,
    ...(description === undefined ? {} : { description }),
    datasource,
    fieldConfig: { defaults: { unit: unit ?? "short" }, overrides: [] },
    options:
      kind === "timeseries"
        ? { legend: { displayMode: "list", placement: "bottom" }, tooltip: { mode: "multi" } }
        : {},
    targets: queries.map(({ expr, legend }, i) => ({
      refId: String.fromCharCode("A".charCodeAt(0) + i),
      datasource,
      expr,
      ...(legend === undefined ? {} : { legendFormat: legend }),
      ...(kind === "timeseries" ? {} : { instant: true }),
      ...(kind === "table" ? { format: "table" } : {}),
    })),
  };
}
