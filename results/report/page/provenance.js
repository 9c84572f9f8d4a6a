// ---- provenance
const provenance = section("provenance", "Provenance");
for (const run of report.runs)
  provenance.append(make("h3", {}, run.title), make("dl", {className: "provenance"}, ...run.entries.flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)])));
for (const experiment of report.experiments)
  if (experiment.text) provenance.append(make("h3", {}, experiment.title),
    make("div", {className: "tools"}, make("button", {onclick: () => save(experiment.text, experiment.file)}, `Save ${experiment.file}`)),
    make("pre", {tabIndex: 0}, experiment.text));
main.append(make("footer", {}, "Made by dpsbench. This file holds all it shows and asks the network for nothing."));
address.show("instant");
