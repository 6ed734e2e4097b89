/** The types of a service's calls, taken from its generated definition. */

/** What a generated definition says of one method; parameters are `never` so that every definition fits. */
export interface Method {
  readonly path: string;
  readonly requestStream: boolean;
  readonly responseStream: boolean;
  requestSerialize(value: never): Buffer;
  requestDeserialize(bytes: Buffer): unknown;
  responseSerialize(value: never): Buffer;
  responseDeserialize(bytes: Buffer): unknown;
}

export type Definition<D> = { readonly [M in keyof D]: Method };

export type RequestOf<M> = M extends { requestDeserialize(bytes: Buffer): infer Request }
  ? Request
  : never;

export type ResponseOf<M> = M extends { responseDeserialize(bytes: Buffer): infer Response }
  ? Response
  : never;

/** `pitboss.chain.v1.ChainService` of a definition. */
export function serviceName<D extends Definition<D>>(definition: D): string {
  const [method] = Object.values<Method>(definition);
  const name = method?.path.split("/")[1];
  if (name === undefined) throw new Error("a service without methods");
  return name;
}
