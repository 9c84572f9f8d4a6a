// ---- board: methods by settings for one metric, by mean ranks or by differences from the best
{
  const ranks = report.tables.find((one) => one.stem === "board");
  const differences = report.tables.find((one) => one.stem === "board-differences");
  if (ranks) {
    const place = section("board", "Board", "All methods in all settings, the best over all first: the share of the other methods that each beats, image by image, with its bootstrap interval. Below, setting by setting.");
    const box = make("div");
    const shown = {metric: 0, kind: 0};
    /** What is said of all settings before what is said of each. */
    const arranged = (data) => {
      const all = data.columns.length - 4;
      const order = [0, all, all + 1, all + 2, all + 3, ...data.columns.slice(1, all).map((column, index) => index + 1)];
      const of = (row) => order.map((column) => row[column]);
      return {...data, columns: of(data.columns), sections: data.sections.map((part) => ({title: part.title, rows: part.rows.map(of)}))};
    };
    /** The differences in the order of the ranks, with what the board says of all settings. */
    const byDifference = (part) => {
      const apart = differences && differences.sections.find((one) => one.title === part.title);
      if (!apart) return null;
      const all = ranks.columns.length - 4;
      const rows = part.rows.map((row) => {
        const found = apart.rows.find((one) => one[0].text === row[0].text);
        return found ? [...found, ...row.slice(all)] : null;
      }).filter((row) => row);
      return {...differences, columns: [...differences.columns, ...ranks.columns.slice(all)], sections: [{title: part.title, rows}]};
    };
    const draw = () => {
      const part = ranks.sections[shown.metric];
      const data = shown.kind === 1 ? byDifference(part) : {...ranks, sections: [part]};
      box.replaceChildren(...(data ? tableWithTools(arranged(data), "of-board") : [make("p", {className: "caption"}, "This metric aims at a value: it has no best.")]));
    };
    const metric = chooser("board-metric", "Metric", ranks.sections.map((part) => part.title), (index) => { shown.metric = index; draw(); });
    const kind = chooser("board", "What is shown of each setting", differences ? ["Mean ranks", "Differences from the best"] : ["Mean ranks"], (index) => { shown.kind = index; draw(); });
    place.append(make("div", {className: "tools"}, metric, kind), box,
      make("details", {}, make("summary", {}, "What the numbers mean"), make("ul", {}, ...[...ranks.notes, ...(differences ? differences.notes : [])].map((note) => make("li", {}, note)))));
  }
}
