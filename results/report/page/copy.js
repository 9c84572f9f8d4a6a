// ---- tables as texts: what is seen of one, as tables/*.csv, .md and the body of .tex have it
const formula = (text) => /^[+-]/.test(text) || /^[=@\t\r\n]/.test(text)
  ? !/^[+-]?[0-9.]+(e[+-]?[0-9]+)?$/i.test(text) && (!text.startsWith("-") || /[()|!+*/=&^%<>,;:"]/.test(text)) : false;

function csvField(raw) {
  const text = formula(raw) ? "'" + raw : raw;
  return /[,"\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function asCsv(seen) {
  const every = seen.sections.flatMap((part) => part.rows);
  const kinds = seen.columns.map((column, k) => ({interval: every.some((row) => row[k].half_width !== null), compared: every.some((row) => row[k].emphasis)}));
  const heads = seen.columns.flatMap((column, k) => [column.key, ...(kinds[k].interval ? [column.key + "_half_width"] : []), ...(kinds[k].compared ? [column.key + "_standing"] : [])]);
  const number = (value) => (value === null ? "" : String(value));
  const line = (part, row) => [csvField(part.title), ...row.flatMap((entry, k) => [
    entry.number ? number(entry.value) : csvField(entry.text),
    ...(kinds[k].interval ? [number(entry.half_width)] : []), ...(kinds[k].compared ? [entry.emphasis] : [])])].join(",");
  return [["section", ...heads.map(csvField)].join(","), ...seen.sections.flatMap((part) => part.rows.map((row) => line(part, row)))].join("\r\n") + "\r\n";
}

function asMarkdown(seen) {
  const escaped = (text) => text.replace(/[|*_<`\\[\]~$]|&(?=[^ ])/g, "\\$&");
  const line = (fields) => `| ${fields.join(" | ")} |\n`;
  const entry = ({text, emphasis}) => emphasis === "best" ? `**${escaped(text)}**` : emphasis === "tied" ? `<u>${escaped(text)}</u>` : escaped(text);
  const first = seen.sections.flatMap((part) => part.rows)[0] || [];
  let text = `### ${escaped(seen.title)}\n\n`;
  text += line(seen.columns.map((column) => escaped(column.group ? `${column.group}: ${column.title}` : column.title)));
  text += line(seen.columns.map((column, k) => (first[k] && first[k].number ? "---:" : ":---")));
  for (const part of seen.sections) {
    if (part.title) text += line(seen.columns.map((column, k) => (k === 0 ? `*${escaped(part.title)}*` : "")));
    for (const row of part.rows) text += line(row.map(entry));
  }
  return text;
}

/** The tabular, without its float and caption: for a place in a paper that the writer chooses. */
function asLatex(seen) {
  const signs = new Map(report.latex_signs);
  const parts = [...signs.keys()].map((sign) => sign.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&")).join("|");
  const escaped = (text) => (/^[[*]/.test(text) ? "{}" : "") + text.replace(new RegExp(parts, "g"), (sign) => signs.get(sign));
  const shown = ({text, number, value}) => number && value !== null && value < 0 && text.startsWith("-") ? `$-$${escaped(text.slice(1))}` : escaped(text);
  const entry = (one) => one.emphasis === "best" ? `\\textbf{${shown(one)}}` : one.emphasis === "tied" ? `\\underline{${shown(one)}}` : shown(one);
  const every = seen.sections.flatMap((part) => part.rows);
  const letters = seen.columns.map((column, k) => (every.some((row) => row[k].number) ? "r" : "l")).join("");
  let groups = "", rules = "";
  for (let k = 0; k < seen.columns.length;) {
    let last = k;
    while (last + 1 < seen.columns.length && seen.columns[last + 1].group === seen.columns[k].group) ++last;
    groups += `${k > 0 ? " & " : ""}\\multicolumn{${last - k + 1}}{c}{${escaped(seen.columns[k].group)}}`;
    if (seen.columns[k].group) rules += `\\cmidrule(lr){${k + 1}-${last + 1}}`;
    k = last + 1;
  }
  const body = seen.sections.map((part) => (part.title ? `\\multicolumn{${letters.length}}{l}{\\emph{${escaped(part.title)}}} \\\\\n` : "")
    + part.rows.map((row) => row.map(entry).join(" & ") + " \\\\\n").join("")).join("\\midrule\n");
  return `% needs \\usepackage{booktabs}\n\\begin{tabular}{${letters}}\n\\toprule\n${rules ? `${groups} \\\\\n${rules}\n` : ""}`
    + `${seen.columns.map((column) => escaped(column.title)).join(" & ")} \\\\\n\\midrule\n${body}\\bottomrule\n\\end{tabular}\n`;
}

/** Copies a text; where a browser does not allow that to a file, an old way does. */
async function copy(text, said) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    const area = make("textarea", {value: text});
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  said.textContent = "copied";
  setTimeout(() => { said.textContent = ""; }, 2000);
}

function save(text, name) {
  const link = make("a", {href: URL.createObjectURL(new Blob([text], {type: "text/plain"})), download: name});
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
