/** How to reach the API server as one of its users. */
export interface ApiAccess {
  readonly url: string;
  readonly caFile: string;
  readonly token: string;
}
