// Mocha's spec reporter, and "passed failed skipped" in a file once the run has come to its end.
const { writeFileSync } = require("node:fs");
const { reporters } = require("mocha");

module.exports = class CiReporter extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const { output } = options.reporterOptions ?? {};
    if (!output) throw new Error("say where the totals go: --reporter-option output=FILE");
    runner.once("end", () => {
      const { passes, failures, pending } = this.stats;
      writeFileSync(output, `${passes} ${failures} ${pending}\n`);
    });
  }
};
