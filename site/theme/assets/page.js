// What every page needs apart from snippets: names for parts of the theme, and boxes that scroll by keyboard.
(() => {
  "use strict";
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  // A box that scrolls sideways must be reached by keyboard, under a name.
  const scrollable = () => {
    for (const box of $$("article pre, article pre > code, article .md-typeset__scrollwrap")) {
      if (box.closest(".panel")) continue;
      const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
      if (scrolls && /auto|scroll/.test(getComputedStyle(box).overflowX) && !box.hasAttribute("role")) {
        box.tabIndex = 0;
        box.setAttribute("role", "group");
        box.setAttribute("aria-label", box.matches(".md-typeset__scrollwrap") ? "Table" : "Code");
      }
    }
  };

  const start = () => {
    $$(".md-search").forEach((search) => search.setAttribute("aria-label", "Search")); // the theme's search dialog has no name
    scrollable();
  };
  if (window.document$) window.document$.subscribe(start);
  else if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
  addEventListener("resize", scrollable);

  // The theme puts the copy button of a code block into an unnamed landmark; many of those are noise in a screen reader.
  const plain = () => $$(".md-code__nav:not([role])").forEach((nav) => nav.setAttribute("role", "presentation"));
  new MutationObserver(plain).observe(document.body, { childList: true, subtree: true });
  plain();
})();
