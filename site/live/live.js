// The browser's side of `snippetgen serve`: reloads the page when what it shows has changed, and leaves the reader where they were.
(() => {
  "use strict";
  const own = document.getElementById("snippetgen-live");
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const KEY = "snippetgen.live";

  // Notes on failed snippets stand beside their code; labels lead to those that are not shown.
  const shows = (choice, page, example) =>
    $$("a.download", choice).some((link) => decodeURIComponent(new URL(link.href).pathname).includes(`/${page}/${example}/`));
  const place = () => {
    for (const old of $$(".snippetgen-failure")) if (!own.contains(old)) old.remove();
    for (const label of $$(".snippetgen-failed")) label.classList.remove("snippetgen-failed");
    for (const note of $$(".snippetgen-failure", own)) {
      const { page, example, language } = note.dataset;
      const panels = $$(".panel[data-page]").filter((panel) => panel.dataset.page === page);
      const inputs = panels.flatMap((panel) => $$(".languages > input", panel)).filter((input) => input.value === language);
      for (const input of inputs) {
        const choice = input.nextElementSibling.nextElementSibling;
        if (!shows(choice, page, example)) continue;
        choice.append(note.cloneNode(true));
        for (let at = choice; at; at = at.parentElement.closest(".choice")) at.previousElementSibling.classList.add("snippetgen-failed");
      }
      note.remove();
    }
  };

  // Where the reader is: what is chosen and unfolded, how far boxes are scrolled, and what stands at the top of the window.
  const named = (elements, name) => {
    const count = new Map();
    return elements.map((element) => {
      const base = name(element);
      const number = count.get(base) ?? 0;
      count.set(base, number + 1);
      return [`${base} ${number}`, element];
    });
  };
  const folds = () => named($$("details").filter((one) => !one.closest(".snippetgen-trouble")), (one) => one.closest("[id]")?.id ?? "");
  const boxes = () => named($$(".panel, pre, .md-sidebar__scrollwrap, .md-typeset__scrollwrap"), (one) => `${one.tagName} ${one.className}`);
  const chosen = () => $$(".choices > input:checked, .tabbed-set > input:checked");
  const blocks = () => $$("h1, h2, h3, h4, h5, h6, p, li, pre, tr", document.querySelector("article") ?? document.querySelector("main") ?? document.body);
  const words = (one) => `${one.tagName} ${one.textContent.slice(0, 200)}`;
  const seen = () =>
    blocks()
      .filter((one) => !one.closest(".panel")) // it stays beside the text
      .map((one) => [words(one), one.getBoundingClientRect()])
      .filter(([, box]) => box.height && box.top >= 0 && box.top < innerHeight)
      .slice(0, 20)
      .map(([text, box]) => [text, box.top]);
  const remember = () => ({
    path: location.pathname,
    x: scrollX,
    y: scrollY,
    seen: scrollY > 0 ? seen() : [],
    chosen: chosen().map((input) => [input.name, input.value, input.id]),
    open: Object.fromEntries(folds().map(([name, one]) => [name, one.open])),
    boxes: boxes().filter(([, one]) => one.scrollTop || one.scrollLeft).map(([name, one]) => [name, one.scrollLeft, one.scrollTop]),
  });
  const scroll = (kept) => {
    // The first block that was in the window and is still there; a text may have come or gone above it.
    const now = new Map();
    for (const one of blocks()) now.set(words(one), now.has(words(one)) ? null : one);
    const [text, before] = kept.seen.find(([text]) => now.get(text)) ?? [];
    const y = text ? scrollY + now.get(text).getBoundingClientRect().top - before : kept.y;
    scrollTo({ left: kept.x, top: y, behavior: "instant" });
  };
  const restore = (kept) => {
    for (const [name, value, id] of kept.chosen) {
      const input = $$("input[type=radio]").find((one) => one.name === name && one.value === value && (one.value !== "on" || one.id === id));
      if (input) input.checked = true;
    }
    for (const [name, one] of folds()) if (name in kept.open) one.open = kept.open[name];
    const now = new Map(boxes());
    for (const [name, left, above] of kept.boxes) now.get(name)?.scrollTo({ left, top: above, behavior: "instant" });
    scroll(kept);
  };

  const stored = () => {
    try {
      const found = sessionStorage.getItem(KEY);
      sessionStorage.removeItem(KEY);
      return JSON.parse(found);
    } catch {
      return null;
    }
  };
  let kept = stored(); // until it is restored: the page may have to be loaded again before that
  if (kept?.path !== location.pathname) kept = null;
  let reloading = false;
  const reload = () => {
    try {
      reloading = true;
      sessionStorage.setItem(KEY, JSON.stringify(kept ?? remember()));
      history.scrollRestoration = "manual";
    } catch {}
    location.reload();
  };

  // News is asked for only while the page is looked at: a browser has few connections for each server.
  let state = own.dataset.state;
  let path = location.pathname;
  let news;
  const listen = () => {
    news?.close();
    news = undefined;
    if (document.hidden) return;
    const source = new EventSource(`/livereload/events?page=${encodeURIComponent(location.pathname)}`);
    news = source;
    source.onmessage = (event) => {
      const told = JSON.parse(event.data);
      state ??= told.state; // a page that the theme has put here itself
      if (told.state !== state) {
        source.close();
        reload();
        return;
      }
      const open = Object.fromEntries($$(".snippetgen-trouble details").map((one) => [one.textContent, one.open]));
      own.innerHTML = told.notes;
      for (const one of $$(".snippetgen-trouble details")) one.open = open[one.textContent] ?? one.open;
      place();
    };
    source.onerror = () => {
      if (source.readyState === EventSource.CLOSED) setTimeout(() => source === news && listen(), 1000);
    };
  };
  const start = () => {
    place();
    if (path !== location.pathname) {
      path = location.pathname;
      state = undefined;
    }
    listen();
  };

  const begin = () => {
    if (kept) {
      restore(kept);
      const again = () => {
        scroll(kept);
        kept = null;
        document.documentElement.dataset.live = "restored";
      };
      if (document.readyState === "complete") again();
      else addEventListener("load", again, { once: true });
    }
    if (window.document$) window.document$.subscribe(start);
    else start();
  };
  addEventListener("visibilitychange", listen);
  addEventListener("pageshow", (event) => event.persisted && listen());
  addEventListener("pagehide", () => {
    news?.close();
    if (!reloading) history.scrollRestoration = "auto"; // not before: the browser would still move the page after a reload
  });
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", begin);
  else begin();
})();
