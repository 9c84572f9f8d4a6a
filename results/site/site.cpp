#include "results/site/site.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "core/state.h"
#include "results/cells/cell_label.h"
#include "results/files/file_stem.h"
#include "results/formats/html.h"
#include "results/report/finding.h"
#include "results/site/embedded_pages.h"
#include "results/site/told_of_methods.h"

namespace dpsbench {
namespace {

/// What a cell's method is called as a page: its name, or of answers from elsewhere what they are called.
std::string page_name(const CellResult& cell) {
  const State method = cell.state("method");
  return method.name == imported_name ? method.options.at("answers") : method.name;
}

bool is_imported(const CellResult& cell) { return cell.state("method").name == imported_name; }

std::string method_page(const CellResult& cell) {
  return fmt::format("methods/{}{}.html", is_imported(cell) ? "imported-" : "", file_stem(page_name(cell)));
}

std::string setting_page(const Setting& setting) { return fmt::format("settings/{}.html", file_stem(setting.title)); }

/// A page of the site; `up` is what leads from its folder to the site's: "" or "../".
std::string page(const SiteParts& parts, const std::string& up, const std::string& title, const std::string& content) {
  return fmt::format(
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{0} – {1}</title>\n"
      "<link rel=\"stylesheet\" href=\"{2}style.css\">\n</head>\n<body>\n"
      "<nav aria-label=\"Site\"><div class=\"inner\"><a href=\"{2}index.html\">Board</a>"
      "<a href=\"{2}index.html#methods\">Methods</a><a href=\"{2}index.html#settings\">Settings</a>"
      "<a "
      "href=\"{2}index.html#downloads\">Downloads</a></div></nav>\n<main>\n<h1>{0}</h1>\n{3}</main>\n</body>\n</"
      "html>\n",
      html_escaped(title), html_escaped(parts.title), up, content);
}

std::string link_list(const std::vector<std::pair<std::string, std::string>>& links) {
  std::string text = "<ul>\n";
  for (const auto& [address, words] : links)
    text += fmt::format("<li><a href=\"{}\">{}</a></li>\n", html_escaped(address), words);
  return text + "</ul>\n";
}

const Table* table_of(const SiteParts& parts, const std::string& stem) {
  const auto found = std::ranges::find(parts.tables, stem, &Table::stem);
  return found == parts.tables.end() ? nullptr : &*found;
}

/// A table's sections, rows of which are kept: `keep` is told a section and the label of a row.
template <typename Keep>
Table kept(const Table& table, Keep keep) {
  Table part = table;
  part.sections.clear();
  for (const TableSection& section : table.sections) {
    TableSection rows{section.title, {}};
    for (const auto& row : section.rows)
      if (keep(section.title, plain_text(row.front()))) rows.rows.push_back(row);
    if (!rows.rows.empty()) part.sections.push_back(std::move(rows));
  }
  return part;
}

/// Row labels -> the page of the method, for links of tables.
std::map<std::string, std::string> pages_of_labels(const SiteParts& parts) {
  const CellLabels labels(parts.results.cells());
  std::map<std::string, std::string> pages;
  for (const CellResult& cell : parts.results.cells())
    for (const std::string& label : {labels.method(cell), labels.method_and_steps(cell)})
      pages[label] = method_page(cell);
  return pages;
}

std::string index_page(const SiteParts& parts) {
  const auto pages = pages_of_labels(parts);
  const auto link = [&](const std::string& label) {
    const auto found = pages.find(label);
    return found == pages.end() ? std::string() : found->second;
  };
  std::string text = fmt::format("<p id=\"finding\">{}</p>\n", html_escaped(finding(parts.results.cells())));
  for (const char* stem : {"board", "wide", "summary"}) {
    const Table* table = table_of(parts, stem);
    if (table == nullptr || (stem == std::string("summary") && table_of(parts, "wide") != nullptr)) continue;
    text += fmt::format("<h2>{}</h2>\n{}", html_escaped(table->title), to_html(*table, link));
  }
  std::map<std::string, std::string> methods;  // address -> words
  for (const CellResult& cell : parts.results.cells())
    methods[method_page(cell)] =
        html_escaped(page_name(cell)) + (is_imported(cell) ? " <span class=\"imported\">imported</span>" : "");
  text += "<h2 id=\"methods\">Methods</h2>\n" + link_list({methods.begin(), methods.end()});
  std::vector<std::pair<std::string, std::string>> settings;
  for (const Setting& setting : settings_of(parts.results.cells()))
    settings.emplace_back(setting_page(setting), html_escaped(setting.title));
  text += "<h2 id=\"settings\">Settings</h2>\n" + link_list(settings);
  std::vector<std::pair<std::string, std::string>> files;
  for (const auto& [run, path] : parts.reports)
    files.emplace_back(path, "Report" + (run.empty() ? "" : " of " + html_escaped(run)) + ", with all its images");
  for (const SiteDownload& download : parts.downloads) files.emplace_back(download.path, html_escaped(download.title));
  return page(parts, "", parts.title, text + "<h2 id=\"downloads\">Downloads</h2>\n" + link_list(files));
}

void add_fact(std::string& text, const char* name, const std::string& fact) {
  if (!fact.empty()) text += fmt::format("<dt>{}</dt><dd>{}</dd>\n", name, html_escaped(fact));
}

std::string facts_of_method(const SiteParts& parts, const CellResult& cell) {
  const std::string name = cell.state("method").name;
  std::string facts = "<dl class=\"method\">\n";
  if (is_imported(cell))
    return "<p class=\"imported\">Imported: another program made these answers to exported problems. They were judged "
           "here; how they were made is not known here.</p>\n";
  if (const auto found = parts.methods.find(name); found != parts.methods.end()) {
    add_fact(facts, "What it is", found->second.title);
    add_fact(facts, "Paper", found->second.paper);
    add_fact(facts, "Needs", found->second.needs);
  }
  const ToldOfMethod told = told_of_method(name);
  add_fact(facts, "Beside the authors' code", told.deviations == "–" ? "nothing known" : told.deviations);
  add_fact(facts, "Held against", told.held_against);
  add_fact(facts, "How far off", told.how_far);
  add_fact(facts, "By the tests", told.tests);
  add_fact(facts, "Not checked", told.not_checked);
  if (!cell.text("method_origin").empty()) add_fact(facts, "Part of a plugin", cell.text("method_origin"));
  return facts + "</dl>\n";
}

/// The rows of the method of `cell` in a table, of whatever section.
Table rows_of_method(const SiteParts& parts, const Table& table, const std::string& address) {
  const CellLabels labels(parts.results.cells());
  std::set<std::pair<std::string, std::string>> mine;
  for (const CellResult& cell : parts.results.cells())
    if (method_page(cell) == address)
      for (const std::string& label : {labels.method(cell), labels.method_and_steps(cell)})
        mine.insert({labels.setting(cell), label});
  return kept(table, [&](const std::string& section, const std::string& label) {
    return mine.contains({section, label});
  });
}

std::string page_of_method(const SiteParts& parts, const CellResult& cell) {
  std::string text = facts_of_method(parts, cell);
  for (const char* stem : {"summary", "constants", "paired"}) {
    const Table* table = table_of(parts, stem);
    if (table == nullptr) continue;
    const Table rows = rows_of_method(parts, *table, method_page(cell));
    if (!rows.sections.empty()) text += fmt::format("<h2>{}</h2>\n{}", html_escaped(table->title), to_html(rows));
  }
  return page(parts, "../", page_name(cell), text);
}

std::string page_of_setting(const SiteParts& parts, const Setting& setting) {
  const auto pages = pages_of_labels(parts);
  const auto link = [&](const std::string& label) {
    const auto found = pages.find(label);
    return found == pages.end() ? std::string() : "../" + found->second;
  };
  std::string text;
  for (const char* stem : {"summary", "paired", "budgets", "constants"}) {
    const Table* table = table_of(parts, stem);
    if (table == nullptr) continue;
    const Table rows =
        kept(*table, [&](const std::string& section, const std::string&) { return section == setting.title; });
    if (!rows.sections.empty()) text += fmt::format("<h2>{}</h2>\n{}", html_escaped(table->title), to_html(rows, link));
  }
  return page(parts, "../", setting.title, text);
}

}  // namespace

std::map<std::string, std::string> site_pages(const SiteParts& parts) {
  std::map<std::string, std::string> pages = {{"style.css", embedded_site_style}, {"index.html", index_page(parts)}};
  for (const CellResult& cell : parts.results.cells())
    if (const std::string address = method_page(cell); !pages.contains(address))
      pages[address] = page_of_method(parts, cell);
  for (const Setting& setting : settings_of(parts.results.cells()))
    pages[setting_page(setting)] = page_of_setting(parts, setting);
  return pages;
}

}  // namespace dpsbench
