/** One line of the API by example: a manifest, and whether it is accepted. */
export interface Case {
  readonly it: string;
  readonly accepts: boolean;
  readonly object: object;
  /** The object before the update. */
  readonly old?: object;
}

export type Fields = { [name: string]: unknown };

/** A manifest of that kind; fields that are undefined are left out. */
export function manifest(kind: string, metadata: Fields, spec: Fields): object {
  const object = {
    apiVersion: "pitboss.dev/v1alpha1",
    kind,
    metadata: { name: "sample", namespace: "default", ...metadata },
    spec,
  };
  return JSON.parse(JSON.stringify(object));
}

export const accept = (it: string, object: object, old?: object): Case =>
  row(it, true, object, old);

export const refuse = (it: string, object: object, old?: object): Case =>
  row(it, false, object, old);

function row(it: string, accepts: boolean, object: object, old?: object): Case {
  return { it, accepts, object, ...(old && { old }) };
}
