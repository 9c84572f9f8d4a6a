/** What a reader chose, kept in the address behind #, so that a link shows what was seen: "tables?metric=ssim&rows-0=dps". */
const address = (() => {
  let place = "";
  let chosen = new URLSearchParams();
  const watchers = new Map();
  const read = () => {
    const [before, ...after] = location.hash.slice(1).split("?");
    place = before;
    chosen = new URLSearchParams(after.join("?"));
  };
  const write = () => {
    const text = chosen.toString();
    history.replaceState(null, "", "#" + place + (text ? "?" + text : ""));
  };
  const show = (behavior = "auto") => {
    const found = place && document.getElementById(place);
    if (found) found.scrollIntoView({behavior});
  };
  read();
  window.addEventListener("hashchange", () => {
    read();
    for (const [key, apply] of watchers) apply(chosen.get(key) ?? undefined);
    show();
  });
  return {
    /** Keeps a choice; the one that a page begins with is left out. */
    set(key, value, first) {
      if (value === first) chosen.delete(key); else chosen.set(key, value);
      write();
    },
    get: (key) => chosen.get(key) ?? undefined,
    /** `apply` is told the choice now and whenever the address is changed from outside; undefined: none. */
    watch(key, apply) {
      watchers.set(key, apply);
      apply(chosen.get(key) ?? undefined);
    },
    go(section) {
      place = section;
      write();
      show();
      document.querySelector(`#${section} h2`).focus({preventScroll: true});
    },
    show,
  };
})();
