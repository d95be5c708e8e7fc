// What every page needs apart from snippets: a copy of its Markdown, boxes that scroll by keyboard, names for parts of the theme.
(() => {
  "use strict";
  const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

  // A box that scrolls sideways must be reached by keyboard, under a name.
  const more = (box) => box.classList.toggle("scrolls-on", box.scrollLeft + box.clientWidth < box.scrollWidth - 1);
  const scrollable = () => {
    for (const box of $$("article pre, article pre > code, article .md-typeset__scrollwrap")) {
      if (box.closest(".panel")) continue;
      if (box.matches(".md-typeset__scrollwrap")) {
        more(box); // a table that is cut off shows that it goes on
        box.onscroll = () => more(box);
      }
      const scrolls = box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight;
      if (scrolls && /auto|scroll/.test(getComputedStyle(box).overflowX) && !box.hasAttribute("role")) {
        box.tabIndex = 0;
        box.setAttribute("role", "group");
        box.setAttribute("aria-label", box.matches(".md-typeset__scrollwrap") ? "Table" : "Code");
      }
    }
  };

  // Copies the Markdown of the page; where the clipboard is refused, the Markdown is shown.
  const copy = async (button, link) => {
    try {
      const text = fetch(link.href).then((answer) => {
        if (!answer.ok) throw new Error(answer.statusText);
        return answer.text();
      });
      // Safari wants the promise of a text, in the click itself.
      const item = new ClipboardItem({ "text/plain": text.then((words) => new Blob([words], { type: "text/plain" })) });
      await navigator.clipboard.write([item]);
      button.textContent = "Copied";
      setTimeout(() => (button.textContent = "Copy page"), 2000);
    } catch {
      location.href = link.href;
    }
  };

  const start = () => {
    for (const tools of $$(".page-tools")) {
      const [button, link] = tools.children;
      button.addEventListener("click", () => copy(button, link));
    }
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
