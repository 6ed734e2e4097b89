import { type Dashboard, figure, graph, table } from "./panel.ts";

export const games: Dashboard = {
  name: "games",
  title: "Games",
  variables: [{ label: "pitboss_dev_game", from: "pitboss_rounds_total" }],
  rows: [
    {
      title: "All games",
      panels: [
        figure("Games", "short", "count(pitboss_game_ready)"),
        figure("Ready", "short", "sum(pitboss_game_ready)"),
        table(
          "Why a Game is not Ready",
          'pitboss_game_info{reason!="Ready"}',
          "kubectl get game -o wide says what to do.",
        ),
      ],
    },
    {
      title: "Play",
      panels: [
        graph("Rounds", "reqps", {
          "{{pitboss_dev_game}}":
            'sum by (pitboss_dev_game) (rate(pitboss_rounds_total{pitboss_dev_game=~"$pitboss_dev_game", result="created"}[5m]))',
        }),
        graph("Time of a round", "s", {
          "p99 {{pitboss_dev_game}}":
            'histogram_quantile(0.99, sum by (le, pitboss_dev_game) (rate(pitboss_round_seconds_bucket{pitboss_dev_game=~"$pitboss_dev_game"}[5m])))',
        }),
        graph("Open rounds", "short", {
          "{{pitboss_dev_game}}":
            'max by (pitboss_dev_game) (pitboss_open_rounds{pitboss_dev_game=~"$pitboss_dev_game"})',
        }),
        graph("Rounds finished by the default action", "reqps", {
          "{{pitboss_dev_game}}":
            'sum by (pitboss_dev_game) (rate(pitboss_rounds_settled_total{pitboss_dev_game=~"$pitboss_dev_game", by="default"}[5m]))',
        }),
      ],
    },
    {
      title: "Money",
      panels: [
        graph(
          "Return of the last day",
          "percentunit",
          {
            "{{pitboss_dev_game}} {{currency}}":
              'sum by (pitboss_dev_game, currency) (increase(pitboss_payout_minor_total{pitboss_dev_game=~"$pitboss_dev_game"}[1d])) / sum by (pitboss_dev_game, currency) (increase(pitboss_stake_minor_total{pitboss_dev_game=~"$pitboss_dev_game"}[1d]))',
          },
          "Chance alone moves it, and in slots far: the panel beside it says whether it may.",
        ),
        graph(
          "Strayed from the proven return, of what chance explains",
          "percentunit",
          {
            "{{game}}": 'max by (game) (pitboss_game_return_strain{game=~"$pitboss_dev_game"})',
          },
          "All play since the Game began, or was acknowledged. From 100% on it is a breach: docs/returns-monitor.md.",
        ),
        graph("Stakes, minor units", "short", {
          "{{pitboss_dev_game}} {{currency}}":
            'sum by (pitboss_dev_game, currency) (rate(pitboss_stake_minor_total{pitboss_dev_game=~"$pitboss_dev_game"}[5m]))',
        }),
        graph("Payout limit reached", "short", {
          "{{pitboss_dev_game}} {{currency}}":
            "max by (pitboss_dev_game, currency) (pitboss_payout_limit_alarm)",
        }),
      ],
    },
  ],
};
