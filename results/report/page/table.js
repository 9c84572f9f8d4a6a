// ---- tables: to sort, to search, with columns to hide, to copy; a row says the command that repeats it
function tableCell(entry, index) {
  const classes = [entry.number ? "number" : "", entry.emphasis].join(" ").trim();
  const [value, half] = entry.text.split(" ± ");
  const parts = [make("span", {}, value), half ? make("span", {className: "pm"}, " ± " + half) : null];
  return index === 0 ? make("th", {className: classes, scope: "row", title: entry.text}, ...parts) : make("td", {className: classes}, ...parts);
}

function sortBodies(table, column, descending) {
  for (const body of table.tBodies) {
    const rows = [...body.rows].filter((row) => row.entries);
    rows.sort((a, b) => {
      const [x, y] = [a.entries[column], b.entries[column]];
      if (x.number && y.number) {
        if (x.value === null || y.value === null) return (x.value === null) - (y.value === null);
        return descending ? y.value - x.value : x.value - y.value;
      }
      const order = x.text.localeCompare(y.text, undefined, {numeric: true});
      return descending ? -order : order;
    });
    body.append(...rows);
  }
}

/** The row of the columns' groups; each head knows its columns, so that hiding some narrows it. */
function groupHeads(columns) {
  if (!columns.some((column) => column.group)) return null;
  const row = make("tr");
  for (let i = 0; i < columns.length;) {
    let span = 1;
    while (i + span < columns.length && columns[i + span].group === columns[i].group) ++span;
    const head = make("th", {className: columns[i].group ? "group" : "", colSpan: span, scope: "colgroup"}, columns[i].group);
    head.first = i;
    head.last = i + span;
    row.append(head);
    i += span;
  }
  return row;
}

/** The row that shows the command for the row above it. */
function repeatRow(command, columns) {
  const said = make("span", {className: "done", role: "status"});
  return make("tr", {className: "command"}, make("td", {colSpan: columns}, make("pre", {}, command),
    make("button", {onclick: () => copy(command, said)}, "Copy"), said));
}

const commandOf = (data, part, entries) => report.repeat.find((one) => one.setting === part.title
  && (data.columns[1] && data.columns[1].key === "steps" ? one.method === entries[0].text && one.steps === entries[1].text
    : one.method_and_steps === entries[0].text));

function tableOf(data) {
  const heads = make("tr");
  const table = make("table", {}, make("caption", {className: "unseen"}, data.title), make("thead", {}, groupHeads(data.columns), heads));
  const firstRow = data.sections.flatMap((part) => part.rows)[0] || [];
  data.columns.forEach((column, index) => {
    const numeric = data.sections.some((part) => part.rows.some((row) => row[index].number)) && !(firstRow[index] && !firstRow[index].number && index === 0);
    const button = make("button", {className: "sort", title: "Sort within each setting"}, column.title);
    const head = make("th", {className: "sortable" + (numeric ? " number" : ""), scope: "col"}, button);
    button.addEventListener("click", () => {
      const now = head.getAttribute("aria-sort");
      const descending = now ? now === "ascending" : Boolean(numeric);  // numbers fall at the first click, texts rise
      for (const other of heads.cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", descending ? "descending" : "ascending");
      for (const open of table.querySelectorAll("tr.command")) open.remove();
      sortBodies(table, index, descending);
    });
    heads.append(head);
  });
  for (const part of data.sections) {
    const body = make("tbody");
    body.section = part;
    if (part.title) body.append(make("tr", {className: "section"}, make("th", {colSpan: data.columns.length, scope: "rowgroup"}, make("span", {}, part.title))));
    for (const entries of part.rows) {
      const row = make("tr", {}, ...entries.map(tableCell));
      row.entries = entries;
      const repeat = commandOf(data, part, entries);
      if (repeat) row.cells[0].append(make("button", {className: "repeat", title: "The command that repeats this row", "aria-expanded": "false", onclick: (event) => {
        const open = row.nextElementSibling && row.nextElementSibling.className === "command";
        if (open) row.nextElementSibling.remove(); else row.after(repeatRow(repeat.command, data.columns.length));
        event.currentTarget.setAttribute("aria-expanded", String(!open));
      }}, "↻"));
      body.append(row);
    }
    table.append(body);
  }
  return table;
}

/** What is seen of a table: its rows in their order, without what is filtered or hidden. */
function seenOf(data, table, shown) {
  const sections = [...table.tBodies].map((body) => ({title: body.section.title,
    rows: [...body.rows].filter((row) => row.entries && !row.hidden).map((row) => shown.map((column) => row.entries[column]))}));
  return {title: data.title, columns: shown.map((column) => data.columns[column]), sections: sections.filter((part) => part.rows.length)};
}

/** A table with what is done to it: search, columns, copies. `key` tells it from others in the address. */
function tableWithTools(data, key) {
  const table = tableOf(data);
  let shown = data.columns.map((column, index) => index);
  const every = shown;
  const box = make("div", {className: "scroll", tabIndex: 0, role: "region", "aria-label": data.title}, table);
  const left = make("span", {className: "done", role: "status"});
  const filter = make("input", {type: "search", placeholder: "Rows with …", "aria-label": "Show only rows with these words"});
  const sift = () => {
    const words = filter.value.toLowerCase().split(/\s+/).filter((word) => word);
    let count = 0, all = 0;
    for (const open of table.querySelectorAll("tr.command")) open.remove();
    for (const body of table.tBodies) {
      const rows = [...body.rows].filter((row) => row.entries);
      for (const row of rows) {
        const text = [body.section.title, ...row.entries.map((entry) => entry.text)].join(" ").toLowerCase();
        row.hidden = !words.every((word) => text.includes(word));
        count += !row.hidden;
        ++all;
      }
      body.hidden = rows.every((row) => row.hidden);
    }
    left.textContent = words.length ? `${count} of ${all} rows` : "";
  };
  filter.addEventListener("input", () => { address.set("rows-" + key, filter.value, ""); sift(); });
  const hide = (chosen) => {
    shown = [0, ...chosen.map((index) => index + 1)];
    for (const row of table.rows)
      for (const cell of row.cells) {
        if (row.parentElement.tagName === "THEAD" && cell.last !== undefined) {
          cell.colSpan = Math.max(1, shown.filter((column) => column >= cell.first && column < cell.last).length);
          cell.hidden = !shown.some((column) => column >= cell.first && column < cell.last);
        } else if (row.entries || row.parentElement.tagName === "THEAD") cell.hidden = !shown.includes(cell.cellIndex);
        else cell.colSpan = shown.length;
      }
  };
  const columns = ticks("columns-" + key, "Columns", data.columns.slice(1).map((column) => (column.group ? `${column.group}: ${column.title}` : column.title)),
    every.slice(0, -1), hide);
  address.watch("rows-" + key, (text) => { filter.value = text ?? ""; sift(); });
  const said = make("span", {className: "done", role: "status"});
  const forms = [["CSV", asCsv, "csv"], ["LaTeX", asLatex, "tex"], ["Markdown", asMarkdown, "md"]].map(([name, form, ending]) => make("div", {}, make("span", {}, name),
    make("button", {"aria-label": `Copy as ${name}`, onclick: () => copy(form(seenOf(data, table, shown)), said)}, "Copy"),
    make("button", {"aria-label": `Save as ${name}`, onclick: () => save(form(seenOf(data, table, shown)), `${data.stem}.${ending}`)}, "Save")));
  const away = make("details", {className: "ticks"}, make("summary", {}, "Copy or save"), make("div", {className: "menu forms"}, ...forms, said));
  return [make("div", {className: "tools"}, filter, columns, away, left), box];
}
