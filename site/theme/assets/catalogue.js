// Filters a list of pages by words and tags. The filter is in the address, so that it can be linked and the way back leads to it.
(() => {
  "use strict";
  // Material takes `?q=` for its own search.
  const FILTER = "filter";
  const catalogue = (list) => {
    const form = list.querySelector("form");
    const words = form.querySelector("input");
    const empty = form.querySelector(".catalogue-empty");
    const chips = [...form.querySelectorAll("[data-tags]")];
    const names = (chip) => chip.dataset.tags.split(" "); // the first is the one in the data of the pages
    const items = [...list.querySelectorAll(":scope > ul > li")].map((item) => [item, item.textContent.toLowerCase(), item.dataset.tags.split(" ")]);
    const pressed = (chip) => chip.getAttribute("aria-pressed") === "true";
    const press = (chip, on) => chip.setAttribute("aria-pressed", String(on));
    const apply = () => {
      const tags = chips.filter(pressed).map((chip) => names(chip)[0]);
      const parts = words.value.toLowerCase().split(/\s+/);
      let count = 0;
      for (const [item, text, own] of items) {
        item.hidden = !(parts.every((part) => text.includes(part)) && (!tags.length || tags.some((tag) => own.includes(tag))));
        count += !item.hidden;
      }
      form.querySelector(".catalogue-count").textContent = `${count} of ${items.length}`;
      empty.hidden = count > 0;
    };
    const changed = () => {
      apply();
      const url = new URL(location.href);
      url.searchParams.delete(FILTER);
      url.searchParams.delete("tag");
      if (words.value.trim()) url.searchParams.set(FILTER, words.value.trim());
      for (const chip of chips.filter(pressed)) url.searchParams.append("tag", names(chip)[0]);
      history.replaceState(history.state, "", url);
    };
    const follow = () => {
      const { searchParams } = new URL(location.href);
      words.value = searchParams.get(FILTER) || "";
      const tags = searchParams.getAll("tag");
      for (const chip of chips) press(chip, names(chip).some((name) => tags.includes(name)));
      apply();
    };
    for (const chip of chips) {
      chip.addEventListener("click", () => {
        press(chip, !pressed(chip));
        changed();
      });
    }
    words.addEventListener("input", changed);
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("reset", (event) => {
      event.preventDefault();
      words.value = "";
      for (const chip of chips) press(chip, false);
      changed();
      words.focus();
    });
    addEventListener("popstate", follow);
    follow();
    chips.find(pressed)?.scrollIntoView({ block: "nearest", inline: "nearest" });
  };
  const start = () => document.querySelectorAll(".catalogue").forEach(catalogue);
  if (window.document$) window.document$.subscribe(start);
  else if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();
