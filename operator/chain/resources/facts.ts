import type { ChainTerms } from "../../../crds/chain-terms.ts";
import type { KeyPair } from "../../platform/certificates.ts";

/** How the agents reach the database. */
export interface Credentials {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  readonly user: string;
  readonly password: string;
  readonly ca?: string;
}

/** What the children of a Chain are made of, beside its spec. */
export interface ChainFacts {
  readonly terms: ChainTerms;
  readonly credentials: Credentials;
  /** The agents' certificate, and the authority that theirs and their callers' come from. */
  readonly tls: KeyPair & { readonly ca: string };
  /** 64 hex digits. */
  readonly jwt: string;
}
