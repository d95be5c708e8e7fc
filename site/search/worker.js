// Searches a site. The theme's page script sends the index (SETUP) and what the reader types (QUERY); it shows the RESULT as
// HTML. `snippetgen/site/search_index.py` describes the index. Everything that comes from it is escaped here.
(() => {
  "use strict";
  const SETUP = 0, READY = 1, QUERY = 2, RESULT = 3;

  // Words. A name is found as a whole, `top_p` also as `topP` and `top p`, and by its parts.
  const CHUNK = /[\p{L}\p{N}\p{M}_$]+(?:[-.][\p{L}\p{N}\p{M}_$]+)*/gu;
  const PART = /\p{Lu}+(?!\p{Ll})|\p{Lu}?[\p{Ll}\p{M}\p{Lo}\p{Lm}]+|\p{N}+/gu;
  const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;
  const METHODS = new Set("get head post put patch delete options trace query".split(" "));
  const STOP = new Set("a an and are as at be by can do does for from how i if in into is it its me my of on or that the this to use using want was we what when where which who why will with you your".split(" "));
  const squash = (text) => text.toLowerCase().replace(/[^\p{L}\p{N}\p{M}]+/gu, "");
  const segmenter = typeof Intl !== "undefined" && Intl.Segmenter ? new Intl.Segmenter(undefined, { granularity: "word" }) : null;
  const chunks = (text) => {
    const found = text.normalize("NFKC").match(CHUNK) || [];
    if (!segmenter || !UNSPACED.test(text)) return found;
    return found.flatMap((chunk) => (UNSPACED.test(chunk) ? [...segmenter.segment(chunk)].map(({ segment }) => segment) : [chunk]));
  };
  const parts = (chunk) => (chunk.match(PART) || []).map((part) => part.toLowerCase());
  const tokens = (text) => {
    const found = new Set();
    for (const chunk of chunks(text)) {
      found.add(squash(chunk));
      for (const part of parts(chunk)) found.add(part);
    }
    found.delete("");
    return [...found];
  };
  // English endings are left out if a word is not found with them: `messages`, `message`, `moderate`, `moderation`.
  const stem = (term) => {
    const found = term.replace(/(?:ations?|ions?|ings?|ies|ed|es|e|s|y)$/, "");
    return found.length > 2 ? found : term;
  };

  // Paths: `/threads/{id}/messages`, of which `{id}` is any placeholder, or a value of one.
  const segments = (path) => path.split(/[?#]/)[0].split("/").filter(Boolean);
  const placeholder = (segment) => /^(?:\{.*\}|:.+|<.+>|\$\{.*\}|\[.*\])$/.test(segment);
  /** How well a path fits what was typed, between 0 and 1. */
  const fit = (typed, path) => {
    let best = 0;
    for (let start = 0; start + typed.length <= path.length; start++) {
      let points = 1;
      for (let i = 0; i < typed.length && points; i++) {
        const [one, other] = [typed[i].toLowerCase(), path[start + i].toLowerCase()];
        if (placeholder(one)) points *= placeholder(other) ? (squash(one) && squash(other).endsWith(squash(one)) ? 1 : 0.99) : 0;
        else if (placeholder(other)) points *= 0.8;
        else if (one !== other) points *= i === typed.length - 1 && other.startsWith(one) ? 0.7 : 0;
      }
      const more = path.length - start - typed.length;
      best = Math.max(best, points * 0.9 ** more * 0.97 ** start);
    }
    return best;
  };

  // The index: a document for each page, and for each section of a page that was written by hand.
  const FIELDS = { title: 8, name: 6, path: 6, method: 1, tags: 2, top: 5, inner: 2, values: 3, fields: 1, summary: 1.5, prose: 0.5, heading: 3, text: 0.5 };
  let mini, documents, rows;

  const setup = ({ docs }) => {
    const { pages, texts, rows: given } = Array.isArray(docs) ? { pages: [], rows: [], texts: docs } : docs;
    rows = given;
    const below = new Map(); // what is within a row, by its number
    const within = (number) => {
      if (!below.has(number)) {
        const [name, values = [], prose = "", children = []] = rows[number];
        const found = { names: new Set(tokens(name)), values: new Set(values.flatMap(tokens)), prose: new Set(tokens(prose)) };
        for (const child of children) for (const [kind, words] of Object.entries(within(child))) for (const word of words) found[kind].add(word);
        below.set(number, found);
      }
      return below.get(number);
    };
    documents = [];
    for (const [location, title, summary, tags, requests, prose, groups] of pages) {
      const name = location.replace(/\/$|\.html$/, "").split("/").pop();
      const made = { id: documents.length, location, shown: title, about: summary, requests, groups, exact: new Set([squash(title), squash(name)]) };
      const sets = { top: new Set(), inner: new Set(), values: new Set(), fields: new Set(), prose: new Set(tokens(prose)) };
      const add = (set, words) => { for (const word of words) set.add(word); };
      for (const [place, numbers] of groups) for (const number of numbers) {
        const found = within(number);
        if (place === "response") add(sets.fields, found.names);
        else {
          add(sets.top, tokens(rows[number][0]));
          add(sets.inner, found.names);
          add(sets.values, found.values);
        }
        add(sets.prose, found.prose);
      }
      for (const word of sets.top) sets.inner.delete(word);
      made.paths = requests.map(([method, path]) => [method.toLowerCase(), segments(path)]);
      Object.assign(made, sets, { title: tokens(title), name: tokens(name), method: made.paths.map(([method]) => method), tags: tags.flatMap(tokens) });
      made.path = [...new Set(requests.flatMap(([, path]) => tokens(path)))];
      made.summary = tokens(summary);
      documents.push(made);
    }
    const titles = new Map(texts.filter(({ location }) => !location.includes("#")).map(({ location, title }) => [location, title]));
    for (const { location, title, text, boost = 1, tags = [] } of texts) {
      const plain = text.replace(/<[^>]*>/g, " ").replace(/\s+/g, " ").trim();
      documents.push({ id: documents.length, location, shown: title, about: plain, boost, words: tags, tags: tags.flatMap((tag) => tokens(unescaped(tag))), page: titles.get(location.split("#")[0]) ?? title, exact: new Set([squash(unescaped(title))]), heading: tokens(unescaped(title)), text: tokens(unescaped(plain)) });
    }
    mini = new MiniSearch({ fields: Object.keys(FIELDS), extractField: (made, field) => made[field], stringifyField: (words) => words, tokenize: (words) => (typeof words === "string" ? [words] : [...words]), processTerm: (term) => term });
    mini.addAll(documents);
    found.clear();
  };

  // Ranking. Each word has points for each document; a document that lacks words loses more than their points.
  const found = new Map();
  const remember = (key, make) => {
    if (found.size > 2000) found.clear();
    if (!found.has(key)) found.set(key, make());
    return found.get(key);
  };
  const OPTIONS = { boost: FIELDS, bm25: { k: 1.2, b: 0.3, d: 0.5 } };
  const points = (term, options) => remember(`${JSON.stringify(options)} ${term}`, () => new Map(mini.search(term, { ...OPTIONS, ...options }).map(({ id, score }) => [id, score])));
  const raise = (best, more, factor) => {
    for (const [id, score] of more) best.set(id, Math.max(best.get(id) || 0, score * factor));
  };
  const term = (text) => remember(`term ${text}`, () => {
    const best = new Map(points(text, { prefix: true }));
    if (text.length > 3) raise(best, points(stem(text), { prefix: true }), 0.7);
    if (!best.size && text.length > 3) raise(best, points(text, { prefix: true, fuzzy: 0.25 }), 0.5);
    return best;
  });
  /** The points for a name: as a whole, or by all its parts. */
  const word = (chunk) => {
    const best = new Map(term(squash(chunk)));
    const each = parts(chunk);
    if (each.length > 1) {
      const [first, ...rest] = each.map(term);
      const all = [...first].filter(([id]) => rest.every((one) => one.has(id)));
      raise(best, all.map(([id, score]) => [id, score + rest.reduce((sum, one) => sum + one.get(id), 0)]), 0.6);
    }
    return best;
  };

  const rank = (typed) => {
    const address = typed.match(/(?:https?:\/\/[^\s/]*)?(\/\S+)/);
    const path = address ? segments(address[1]) : [];
    let words = chunks(address ? typed.replace(address[0], ` ${path.filter((one) => !placeholder(one)).join(" ")} `) : typed);
    const telling = words.filter((one) => !STOP.has(one.toLowerCase()));
    if (telling.length) words = telling;
    const each = words.map(word);
    for (let i = 0; i + 1 < words.length; i++) {
      const joined = points(squash(words[i] + words[i + 1]), { prefix: true });
      raise(each[i], joined, 0.6);
      raise(each[i + 1], joined, 0.6);
    }
    const whole = squash(words.join(""));
    const scores = new Map();
    each.forEach((one) => { for (const [id, score] of one) { const [sum, count] = scores.get(id) || [0, 0]; scores.set(id, [sum + score, count + 1]); } });
    const methods = new Set(words.map((one) => one.toLowerCase()).filter((one) => METHODS.has(one)));
    if (path.length) for (const { id } of documents) if (!scores.has(id)) scores.set(id, [0, 0]);
    const ranked = [];
    for (const [id, [sum, count]] of scores) {
      const made = documents[id];
      let score = sum * (count / words.length) ** 3 * (made.boost ?? 1);
      if (made.exact.has(whole)) score *= 3;
      if (path.length && made.paths) score += 1000 * Math.max(0, ...made.paths.map(([method, one]) => fit(path, one) * (!methods.size || methods.has(method) ? 1 : 0.5)));
      if (score > 0) ranked.push({ made, score });
    }
    return { words, ranked: ranked.sort((a, b) => b.score - a.score) };
  };

  // What is shown.
  const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  const CHARACTERS = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", nbsp: " " };
  const escaped = (text) => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign]);
  const unescaped = (html) => html.replace(/&(amp|lt|gt|quot|nbsp|#39);/g, (_, name) => CHARACTERS[name]);
  const marked = (text, words) => {
    const wanted = words.map(squash).filter(Boolean);
    let html = "", end = 0;
    for (const match of text.matchAll(/[\p{L}\p{N}\p{M}_$]+/gu)) {
      const hit = tokens(match[0]).some((one) => wanted.some((other) => one.startsWith(other) || (one.length > 3 && one.startsWith(stem(other)))));
      html += escaped(text.slice(end, match.index)) + (hit ? `<mark>${escaped(match[0])}</mark>` : escaped(match[0]));
      end = match.index + match[0].length;
    }
    return html + escaped(text.slice(end));
  };
  const titled = (title, words) => title.split(/`([^`]+)`/).map((piece, i) => (i % 2 ? `<code>${marked(piece, words)}</code>` : marked(piece, words))).join("");
  /** The part of a text with the first of the words. */
  const teaser = (text, words) => {
    if (!text) return "";
    const wanted = words.map((one) => one.toLowerCase());
    const low = text.toLowerCase();
    const first = Math.min(...wanted.map((one) => low.indexOf(one)).filter((at) => at >= 0));
    let start = Number.isFinite(first) && first > 160 ? text.lastIndexOf(" ", first - 60) + 1 : 0;
    const end = text.length > start + 220 ? text.lastIndexOf(" ", start + 220) : text.length;
    return `<p>${start ? "… " : ""}${marked(text.slice(start, end > start ? end : start + 220), words)}${end < text.length ? " …" : ""}</p>`;
  };

  const PLACES = { response: "response field" };
  /** The rows of a page that what was typed names, at most three: [rank, address, HTML]. */
  const named = (made, words) => {
    const wanted = [...new Set([...words, words.join("")].map(squash).filter((one) => one.length > 2))];
    const hits = [];
    const visit = (number, above, names, place) => {
      const [name, values = [], , children = [], end = name] = rows[number];
      const anchor = end.startsWith("#") ? end.slice(1) : `${above}.${end}`;
      const own = squash(name);
      const value = values.find((one) => wanted.includes(squash(one)));
      const level = wanted.includes(own) ? 0 : value !== undefined ? 1 : words.length === 1 && own.startsWith(wanted[0]) ? 2 : 3;
      if (level < 3) hits.push([level * 100 + names.length + (place === "response" ? 50 : 0), anchor, [...names, name].join("."), place, value]);
      for (const child of children) visit(child, anchor, [...names, name], place);
    };
    for (const [place, numbers] of made.groups) for (const number of numbers) visit(number, place, [], place);
    return hits.sort((a, b) => a[0] - b[0]).slice(0, 3);
  };

  const query = (typed) => {
    if (!typed.trim()) return { items: [] };
    const { words, ranked } = rank(typed);
    const terms = (made) => Object.fromEntries(words.map((one) => [one, word(one).has(made.id)]));
    const items = [], groups = new Map();
    for (const { made, score } of ranked.slice(0, 200)) {
      const page = made.location.split("#")[0];
      const item = { location: made.location, score, terms: terms(made), text: "" };
      if (made.requests) {
        const [[method, path]] = made.requests;
        item.title = `${titled(made.shown, words)} <span class="search-request"><span class="method method-${escaped(method.toLowerCase())}">${escaped(method)}</span> <code>${marked(path, words)}</code></span>`;
        item.text = teaser(made.about, words);
        const hits = items.length < 30 ? named(made, words) : [];
        items.push([item, ...hits.map(([, anchor, name, place, value]) => ({
          location: `${made.location}#${encodeURIComponent(anchor)}`, score, terms: {}, text: "",
          title: `<code>${marked(name, words)}</code> <span class="search-place">${escaped(PLACES[place] || place)}${value === undefined ? "" : `: <code>${marked(value, words)}</code>`}</span>`,
        }))]);
        continue;
      }
      item.title = marked(unescaped(made.shown), words);
      item.text = teaser(unescaped(made.about), words);
      if (made.words.length) item.tags = made.words;
      if (!groups.has(page)) {
        groups.set(page, [{ location: page, score, terms: {}, title: marked(unescaped(made.page), words), text: "" }]);
        items.push(groups.get(page));
      }
      const group = groups.get(page);
      if (made.location === page) group[0] = { ...item, score: group[0].score };
      else group.push(item);
    }
    return { items };
  };

  const answer = ({ type, data }) => {
    if (type === SETUP) {
      setup(data);
      return { type: READY };
    }
    return { type: RESULT, data: query(data) };
  };
  self.addEventListener("message", ({ data }) => self.postMessage(answer(data)));
})();
