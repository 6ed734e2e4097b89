/** A dashboard in the words of people; grafana.ts turns it into what Grafana reads. */
export interface Dashboard {
  /** File name and uid. */
  readonly name: string;
  readonly title: string;
  readonly rows: readonly Row[];
  /** Labels to choose by: `namespace` becomes the variable $namespace, read from `from`. */
  readonly variables?: readonly Variable[];
}

export interface Variable {
  readonly label: string;
  /** A metric that has the label. */
  readonly from: string;
}

export interface Row {
  readonly title: string;
  readonly panels: readonly Panel[];
}

export interface Panel {
  readonly title: string;
  readonly kind: "timeseries" | "stat" | "table";
  /** Grafana's name of the unit, such as reqps, s, bytes, percentunit. */
  readonly unit?: string;
  readonly queries: readonly Query[];
  /** What a person should think of it. */
  readonly description?: string;
}

export interface Query {
  readonly expr: string;
  readonly legend?: string;
}

export function graph(
  title: string,
  unit: string,
  queries: Readonly<Record<string, string>>,
  description?: string,
): Panel {
  return panel("timeseries", title, unit, queries, description);
}

export function figure(title: string, unit: string, expr: string, description?: string): Panel {
  return panel("stat", title, unit, { [title]: expr }, description);
}

export function table(title: string, expr: string, description?: string): Panel {
  return panel("table", title, "short", { [title]: expr }, description);
}

function panel(
  kind: Panel["kind"],
  title: string,
  unit: string,
  queries: Readonly<Record<string, string>>,
  description: string | undefined,
): Panel {
  return {
    title,
    kind,
    unit,
    queries: Object.entries(queries).map(([legend, expr]) => ({ legend, expr })),
    ...(description === undefined ? {} : { description }),
  };
}
