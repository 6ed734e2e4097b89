import { type Dashboard, figure, graph, table } from "./panel.ts";

// Every lobby pod tells the same of every jackpot: the largest stands for all.
const of = (metric: string) => `max by (jackpot_namespace, jackpot) (pitboss_jackpot_${metric})`;
const legend = "{{jackpot_namespace}}/{{jackpot}}";

export const jackpots: Dashboard = {
  name: "jackpots",
  title: "Jackpots",
  rows: [
    {
      title: "Pools",
      panels: [
        graph(
          "Pool, minor units",
          "short",
          { [legend]: of("pool") },
          "What the next win pays. It falls to the seed and what the overflow gives when it is won.",
        ),
        graph("Pool by its ceiling", "percentunit", {
          [legend]: `${of("pool")} / ${of("ceiling")}`,
        }),
        table(
          "Why a Jackpot is not Ready",
          'pitboss_jackpot_info{reason!="Ready"}',
          "kubectl get jackpot -o wide says what to do.",
        ),
      ],
    },
    {
      title: "Money that must be right",
      panels: [
        figure(
          "Books out by",
          "short",
          "max(abs(pitboss_jackpot_books_difference))",
          "Contributions + seeds + roundings up = pools + overflow + wins. Anything but 0 wakes somebody.",
        ),
        graph(
          "Contributions not counted yet, oldest",
          "s",
          { [legend]: of("behind_seconds") },
          "A win stays pending for so long.",
        ),
        graph("Wins that are held", "short", { [legend]: of("held_wins") }),
      ],
    },
  ],
};
