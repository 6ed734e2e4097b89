import { parseDocument } from "yaml";

const home = "manifests/argocd";
const kinds: readonly { readonly kind: string; readonly script: string }[] = [
  { kind: "pitboss.dev_Game", script: "pitboss" },
  { kind: "pitboss.dev_Jackpot", script: "pitboss" },
  { kind: "pitboss.dev_Chain", script: "pitboss" },
  { kind: "apiextensions.k8s.io_CustomResourceDefinition", script: "custom-resource-definition" },
  { kind: "argoproj.io_Application", script: "application" },
];

const scripts = [...new Set(kinds.map(({ script }) => script))];

/** Argo CD's settings with the health scripts inside, as its Helm chart takes them. `npm run generate` writes the file. */
export const argocdFiles = [
  {
    path: `${home}/generated/values.yaml`,
    sources: [`${home}/values.yaml`, ...scripts.map((script) => `${home}/health/${script}.lua`)],
    content: ([values = "", ...lua]: readonly string[]) => {
      const document = parseDocument(values);
      for (const { kind, script } of kinds) {
        const text = lua[scripts.indexOf(script)] ?? "";
        document.setIn(["configs", "cm", `resource.customizations.health.${kind}`], text);
      }
      document.commentBefore = ` Generated from ${home}/values.yaml and ${home}/health by \`npm run generate\`: do not edit.`;
      return document.toString({ lineWidth: 0 });
    },
  },
];
