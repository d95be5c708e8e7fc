// Adds to the pages: one language for all pages, the reader's own key, copy and download of exactly what is shown, the place of a
// parameter in the code, and an address that follows. Without this script, every page is still readable and its tabs still work.
(() => {
  "use strict";
  const root = document.documentElement;
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const make = (name, properties = {}, ...children) => {
    const element = Object.assign(document.createElement(name), properties);
    element.append(...children);
    return element;
  };
  // Storage may be refused, for example in private windows; then a choice lasts only as long as its page.
  const stored = (storage, key, value) => {
    try {
      if (value === undefined) return window[storage].getItem(key);
      if (value === null) window[storage].removeItem(key);
      else window[storage].setItem(key, value);
    } catch {}
    return null;
  };
  const decoded = (text) => {
    try {
      return decodeURIComponent(text);
    } catch {
      return text;
    }
  };
  const status = make("p", { className: "announce", role: "status" });
  const announce = (text) => (status.textContent = text);

  // One language for all pages and visits.
  let language = stored("localStorage", "snippetgen.language");
  const picker = make("select", { className: "language-picker", title: "Language of the examples" });
  picker.setAttribute("aria-label", "Language of the examples");
  const choose = (name, keep) => {
    language = name;
    for (const input of $$(".languages > input")) if (input.value === name) input.checked = true;
    if ([...picker.options].some((option) => option.value === name)) picker.value = name;
    if (keep) stored("localStorage", "snippetgen.language", name);
  };
  const prefer = (names) => {
    const linked = new URLSearchParams(location.search).get("lang");
    if (names.includes(linked)) choose(linked, true);
    else if (language) choose(language, false);
  };
  const offer = (languages) => {
    if (!languages.length) return;
    picker.replaceChildren(...languages.map(([name, label]) => make("option", { value: name, textContent: label })));
    const header = document.querySelector(".md-header__inner");
    header?.insertBefore(picker, header.querySelector("[data-md-component=palette], label[for=__search]"));
    prefer(languages.map(([name]) => name));
  };

  // The address of a spec's own page follows the choice of example and language, so that it can be linked.
  let search = "";
  const ownPanel = () => {
    const path = decoded(location.pathname).replace(/\/$|(\/index)?\.html$/, "");
    return $$(".panel[data-page]").find((panel) => path.endsWith(`/${panel.dataset.page}`));
  };
  const readdress = (change) => {
    const url = new URL(location.href);
    change(url);
    history.replaceState(history.state, "", url);
    search = location.search;
  };
  const follow = () => {
    search = location.search;
    const asked = new URLSearchParams(search).get("example");
    const panel = ownPanel();
    for (const input of panel ? $$(":scope > .examples > input", panel) : []) if (input.value === asked) input.checked = true;
  };
  addEventListener("popstate", () => {
    if (location.search === search) return;
    follow();
    prefer([...picker.options].map((option) => option.value));
  });

  // Code blocks: the other way to show their secrets, and the reader's keys in them.
  const keys = (example) => stored("sessionStorage", `snippetgen.key ${example}`) || "";
  const percent = (text) => encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  const written = (key, kind, { escapes, quote }) => {
    if (kind === "url") return percent(key);
    const text = [...key].map((c) => escapes[c] ?? c).join("");
    return kind === "bare" && !/^[\w.~+/=:@-]+$/.test(key) ? quote + text + quote : text;
  };

  /** The range of an element between two offsets in its text. */
  const range = (element, start, end) => {
    const found = document.createRange();
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    let before = 0;
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const after = before + node.length;
      if (start >= before && start < after) found.setStart(node, start - before);
      if (end > before && end <= after) {
        found.setEnd(node, end - before);
        return found;
      }
      before = after;
    }
    return found;
  };

  const codes = new Map();
  const read = (code) => {
    const data = JSON.parse(code.parentElement.nextElementSibling.dataset.json);
    const panel = code.closest(".panel");
    const own = JSON.parse(panel.querySelector(".panel-data").dataset.json);
    codes.set(code, { data, own, panel, html: code.innerHTML, file: code.closest(".choice").querySelector(".download") });
  };
  const form = (own) => {
    const wanted = stored("localStorage", "snippetgen.secrets");
    return own.forms.includes(wanted) ? wanted : own.forms[0];
  };
  const draw = (code) => {
    const known = codes.get(code);
    const { data, own } = known;
    const other = own.forms.length > 1 && form(own) === own.forms[1] ? data.other : null;
    const lines = known.html.split("\n");
    for (const [first, count, added] of other ? [...other.lines].reverse() : []) lines.splice(first, count, ...added);
    code.innerHTML = lines.join("\n");
    known.names = (other || data).names;
    known.moved = [];
    for (const [number, start, end, kind] of [...(other || data).keys].reverse()) {
      const key = keys(own.keys[number].example);
      if (!key) continue;
      const text = written(key, kind, data);
      const place = range(code, start, end);
      const shown = make("span", { className: "own-key" }, make("span", { textContent: text }));
      shown.dataset.example = place.toString(); // what is printed
      place.deleteContents();
      place.insertNode(shown);
      known.moved.push([end, text.length - (end - start)]);
    }
    known.changed = Boolean(other) || known.moved.length > 0;
  };
  const drawAll = () => {
    for (const code of codes.keys()) draw(code);
    unmark();
  };

  const copy = async (code, button) => {
    let done = false;
    try {
      await navigator.clipboard.writeText(code.textContent);
      done = true;
    } catch {
      // Only https and local pages have the clipboard API; other pages use the old way.
      const area = make("textarea", { value: code.textContent, className: "announce" });
      document.body.append(area);
      area.select();
      done = document.execCommand("copy");
      area.remove();
      button.focus();
    }
    button.textContent = done ? "Copied" : "Press Ctrl+C";
    announce(done ? "Copied" : "Copying was refused");
    setTimeout(() => (button.textContent = "Copy"), 2000);
  };
  const download = (event, known, code) => {
    if (!known.changed) return;
    event.preventDefault();
    const url = URL.createObjectURL(new Blob([code.textContent], { type: "text/plain" }));
    make("a", { href: url, download: known.file.download }).click();
    setTimeout(() => URL.revokeObjectURL(url), 10000);
  };

  // The reader's key is kept only for the session of this tab, and sent nowhere. It shows as dots until the reader asks for it.
  const bars = [];
  const masks = CSS.supports("-webkit-text-security", "disc");
  const unsendable = (key) => key.match(/[^ -~]/u)?.[0];
  const named = (sign) => `${/[\p{L}\p{N}\p{P}\p{S}]/u.test(sign) ? `“${sign}”, ` : ""}U+${sign.codePointAt(0).toString(16).toUpperCase().padStart(4, "0")}`;
  const showKeys = (shown) => {
    root.classList.toggle("keys-shown", shown);
    for (const button of $$(".key-show")) button.setAttribute("aria-pressed", String(shown));
    if (!masks) for (const input of $$(".key-bar input")) input.type = shown ? "text" : "password";
  };
  const keyBar = (bar) => {
    const { variables, forms } = JSON.parse($$(":scope > .panel-data", bar.parentElement)[0].dataset.json);
    const note = bar.querySelector(".key-note");
    const inputs = $$("input", bar);
    const update = () => {
      const environment = forms.length > 0 && form({ forms }) === "environment";
      for (const button of $$("[data-form]", bar)) button.setAttribute("aria-pressed", String(button.dataset.form === form({ forms })));
      for (const fields of $$(".key-fields", bar)) fields.hidden = forms.length > 1 && environment;
      let wrong;
      for (const input of inputs) {
        const sign = unsendable(input.value.trim());
        input.setAttribute("aria-invalid", String(Boolean(sign)));
        wrong ||= sign;
      }
      note.textContent = environment && variables.length
        ? `Set ${variables.join(" and ")} where you run it.`
        : wrong
          ? `The example stays: a key has only printable ASCII characters, and this one has ${named(wrong)}.`
          : inputs.length
            ? "Stays in this browser tab."
            : "";
    };
    for (const input of inputs) {
      const { example } = input.dataset;
      input.value = keys(example);
      input.addEventListener("input", () => {
        const key = input.value.trim();
        stored("sessionStorage", `snippetgen.key ${example}`, unsendable(key) || !key ? null : key);
        for (const field of $$(".key-bar input")) if (field !== input && field.dataset.example === example) field.value = input.value;
        drawAll();
        for (const other of bars) other();
      });
    }
    for (const button of $$("[data-form]", bar)) {
      button.addEventListener("click", () => {
        stored("localStorage", "snippetgen.secrets", button.dataset.form);
        drawAll();
        for (const other of bars) other();
      });
    }
    for (const button of $$(".key-show", bar)) button.addEventListener("click", () => showKeys(button.getAttribute("aria-pressed") !== "true"));
    bar.style.minHeight = `${bar.getBoundingClientRect().height}px`; // so that nothing moves when the fields go
    bars.push(update);
    update();
  };
  // A selection with a masked key would be copied as dots.
  document.addEventListener("copy", (event) => {
    const selection = getSelection();
    if (selection.isCollapsed || !selection.rangeCount) return;
    const part = selection.getRangeAt(0);
    const at = part.commonAncestorContainer;
    if (!(at.closest ? at : at.parentElement).closest(".panel pre") || !$$(".own-key").some((key) => part.intersectsNode(key))) return;
    event.clipboardData.setData("text/plain", part.cloneContents().textContent);
    event.preventDefault();
  });

  // Lines are wrapped on a phone, where the ends of long ones cannot be seen otherwise, unless the reader says so.
  const wraps = () => (root.dataset.wrap ?? (matchMedia("(max-width: 37.5em)").matches ? "on" : "off")) === "on";
  const wrap = (wanted) => {
    if (wanted) root.dataset.wrap = wanted;
    for (const button of $$(".wrap")) button.setAttribute("aria-pressed", String(wraps()));
  };

  // Marks the place of a parameter in the code.
  const unmark = () => {
    CSS.highlights?.delete("parameter");
    for (const button of $$(".parameter-head button[aria-pressed=true]")) button.setAttribute("aria-pressed", "false");
  };
  const visible = (element) => element.offsetParent !== null;
  const show = (number, button, linked) => {
    const pressed = button.getAttribute("aria-pressed") === "true";
    if (pressed && linked) return;
    unmark();
    if (pressed) return;
    const holds = (code) => number in (codes.get(code).names || {});
    let code = [...codes.keys()].find((one) => visible(one) && holds(one));
    if (!code && linked && new URLSearchParams(location.search).has("example")) return;
    if (!code) {
      // Switch to another example; or to another language if the chosen one cannot show the parameter.
      code = [...codes.keys()].find((one) => holds(one) && one.closest(".languages > .choice")?.previousElementSibling.previousElementSibling.checked) || [...codes.keys()].find(holds);
      for (let choice = code?.closest(".choice"); choice; choice = choice.parentElement.closest(".choice")) {
        const input = choice.previousElementSibling.previousElementSibling;
        if (input.closest(".languages")) choose(input.value, false);
        input.checked = true;
      }
    }
    if (!code) return;
    const known = codes.get(code);
    const shift = (offset) => known.moved.reduce((sum, [end, by]) => sum + (end <= offset ? by : 0), offset);
    const ranges = known.names[number].map(([start, end]) => range(code, shift(start), shift(end)));
    if (window.Highlight) CSS.highlights.set("parameter", new Highlight(...ranges));
    else getSelection().setBaseAndExtent(ranges[0].startContainer, ranges[0].startOffset, ranges[0].endContainer, ranges[0].endOffset);
    button.setAttribute("aria-pressed", "true");
    const at = ranges[0].getBoundingClientRect();
    const pre = code.parentElement;
    const box = pre.getBoundingClientRect();
    pre.scrollTo({ top: pre.scrollTop + at.top - box.top - box.height / 3, left: 0 });
    const seen = ranges[0].getBoundingClientRect();
    if (!linked && (seen.top < 60 || seen.bottom > innerHeight)) {
      code.closest(".panel").scrollIntoView({ block: "start" });
      if (ranges[0].getBoundingClientRect().bottom > innerHeight) pre.scrollIntoView({ block: "center" });
    }
    announce(`${ranges.length} ${ranges.length === 1 ? "place" : "places"} in the code`);
  };
  const parameters = () => {
    for (const row of $$("li[data-parameter]")) {
      const number = row.dataset.parameter;
      if (![...codes.values()].some(({ data }) => number in data.names)) continue;
      const name = row.querySelector(".parameter-head > code");
      const button = make("button", { type: "button", title: "Show in the code" });
      button.setAttribute("aria-pressed", "false");
      name.replaceWith(button);
      button.append(name);
      button.addEventListener("click", () => {
        show(number, button);
        readdress((url) => (url.hash = row.id));
      });
    }
    // A placeholder in the path shows its value in the code, too.
    for (const link of $$("a.placeholder")) {
      const button = document.getElementById(decoded(link.hash.slice(1)))?.querySelector(".parameter-head > button");
      if (button) link.addEventListener("click", () => button.getAttribute("aria-pressed") === "true" || button.click());
    }
    reveal();
  };
  // Unfolds what the address names, and shows a parameter in the code.
  const reveal = () => {
    const target = location.hash.length > 1 && document.getElementById(decoded(location.hash.slice(1)));
    if (!target) return;
    if (target.closest("details:not([open])")) {
      for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
      target.scrollIntoView();
    }
    const button = target.dataset.parameter && target.querySelector(".parameter-head > button");
    if (button) show(target.dataset.parameter, button, true);
  };
  addEventListener("hashchange", reveal);

  // Shows the pieces of a stream one after the other.
  const replay = (answer) => {
    const pieces = $$(".piece", answer);
    if (pieces.length < 2) return;
    const button = make("button", { type: "button", className: "replay", textContent: "Replay" });
    let timer;
    button.addEventListener("click", () => {
      clearInterval(timer);
      let shown = 0;
      for (const piece of pieces) piece.hidden = true;
      timer = setInterval(() => {
        pieces[shown].hidden = false;
        pieces[shown].scrollIntoView({ block: "nearest" });
        if (++shown === pieces.length) clearInterval(timer);
      }, 350);
    });
    answer.querySelector(".answer-title").append(button);
  };

  // Runs once for each page.
  const start = () => {
    codes.clear();
    bars.length = 0;
    document.body.append(status);
    for (const data of $$(".code-data")) read(data.previousElementSibling.firstElementChild);
    drawAll();
    for (const [code, known] of codes) {
      const [wrapping, button] = known.file.parentElement.children;
      wrapping.addEventListener("click", () => {
        const wanted = wraps() ? "off" : "on";
        stored("localStorage", "snippetgen.wrap", wanted);
        wrap(wanted);
      });
      button.addEventListener("click", () => copy(code, button));
      known.file.addEventListener("click", (event) => download(event, known, code));
    }
    wrap(stored("localStorage", "snippetgen.wrap"));
    showKeys(false);
    $$(".key-bar").forEach(keyBar);
    follow();
    parameters();
    $$(".answer").forEach(replay);
    const here = new Map($$(".languages > input").map((input) => [input.value, input.nextElementSibling.textContent]));
    const script = $$("script[src]").find((one) => one.src.includes("assets/site.js"));
    if (!script) {
      prefer([...here.keys()]); // not our site: we do not change its header
    } else if (here.size) {
      offer([...here]);
    } else {
      fetch(new URL("languages.json", script.src)).then((answer) => answer.json()).then((list) => {
        offer(list.map(({ name, label }) => [name, label]));
      }, () => {});
    }
  };
  document.addEventListener("change", (event) => {
    const input = event.target;
    if (input.matches?.(".languages > input")) choose(input.value, true);
    if (input.matches?.(".choices > input") && input.closest(".panel") === ownPanel()) {
      readdress((url) => url.searchParams.set(input.matches(".languages > input") ? "lang" : "example", input.value));
    }
  });
  picker.addEventListener("change", () => {
    choose(picker.value, true);
    if (ownPanel()) readdress((url) => url.searchParams.set("lang", picker.value));
  });
  addEventListener("storage", (event) => {
    if (event.key === "snippetgen.language" && event.newValue) choose(event.newValue, false);
  });
  // Material may swap pages without loading them; it reports each page, including the first.
  if (window.document$) window.document$.subscribe(start);
  else if (document.readyState === "loading") addEventListener("DOMContentLoaded", start);
  else start();
})();
