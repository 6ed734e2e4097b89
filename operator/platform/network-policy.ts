/** What the network policies of every kind are made of. */

/** A namespace, by the label that the API server gives each. */
export const namespaceCalled = (name: string) => ({
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": name } },
});

/** The cluster's DNS; a node's own cache listens on this link-local address. */
export const dns = [namespaceCalled("kube-system"), { ipBlock: { cidr: "169.254.20.10/32" } }];

export const tcp = (port: number | string) => ({ protocol: "TCP", port });

/** From a namespace; from anywhere where there is none. */
export const from = (namespace: string | undefined) =>
  namespace ? { from: [namespaceCalled(namespace)] } : {};

/** Without CIDRs a rule names no peer: any address, on its port only. */
export const to = (cidrs: readonly string[]) =>
  cidrs.length > 0 ? { to: cidrs.map((cidr) => ({ ipBlock: { cidr } })) } : {};
