// ---- light and dark, the title, the finding, what it is of
{
  const root = document.documentElement;
  const kept = (() => { try { return localStorage.getItem("dpsbench-theme"); } catch { return null; } })();
  if (kept === "dark" || kept === "light") root.dataset.theme = kept;
  document.getElementById("theme").addEventListener("click", () => {
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("dpsbench-theme", root.dataset.theme); } catch { /* a browser that keeps nothing of files */ }
  });
  document.title = report.title + " – dpsbench";
  document.getElementById("title").append(...make("span", {}, report.title).childNodes);
  document.getElementById("finding").append(...make("span", {}, report.finding).childNodes);
  document.getElementById("subtitle").append(...make("span", {}, report.tables.length ? report.tables[0].title : "").childNodes);
  document.getElementById("facts").append(...report.facts.map(([name, value]) => make("div", {}, make("dt", {}, name), make("dd", {}, value))));
  document.getElementById("warnings").append(...report.warnings.map((text) => make("div", {className: "warning"}, text)));
}
