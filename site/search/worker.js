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
  // What is computed of a text is kept, because texts repeat.
  const kept = (make) => {
    const known = new Map();
    return (text) => {
      if (known.size > 50_000) known.clear();
      if (!known.has(text)) known.set(text, make(text));
      return known.get(text);
    };
  };
  const squash = kept((text) => text.toLowerCase().replace(/[^\p{L}\p{N}\p{M}]+/gu, ""));
  const segmenter = typeof Intl !== "undefined" && Intl.Segmenter ? new Intl.Segmenter(undefined, { granularity: "word" }) : null;
  const chunks = (text) => {
    const found = text.normalize("NFKC").match(CHUNK) || [];
    if (!segmenter || !UNSPACED.test(text)) return found;
    return found.flatMap((chunk) => (UNSPACED.test(chunk) ? [...segmenter.segment(chunk)].map(({ segment }) => segment) : [chunk]));
  };
  const parts = kept((chunk) => (chunk.match(PART) || []).map((part) => part.toLowerCase()));
  const words = kept((chunk) => [...new Set([squash(chunk), ...parts(chunk)])].filter(Boolean));
  const tokens = (text) => chunks(text).flatMap(words);
  const wholes = (text) => chunks(text).map(squash).filter(Boolean);
  const content = (words) => {
    const telling = words.filter((one) => !STOP.has(one.toLowerCase()));
    return telling.length ? telling : words;
  };
  // English endings are left out if a word is not found with them: `messages`, `message`, `moderate`, `moderation`.
  const stem = kept((term) => {
    const found = term.replace(/(?:at(?:es?|ed|ing|ions?)|ions?|ings?|ies|ed|es|e|s|y)$/, "");
    return found.length > 2 ? found : term;
  });

  const stems = (text) => content(chunks(text)).map((one) => stem(squash(one)));
  const phrase = (words) => content(words).map((one) => ` ${stem(squash(one))} `).join("");

  // Paths: `/threads/{id}/messages`, of which `{id}` is any placeholder, or a value of one.
  const VERSION = /^v\d+\w*$/;
  const segments = (path) => path.split(/[?#]/)[0].split("/").filter(Boolean);
  const placeholder = (segment) => /^(?:\{.*\}|:.+|<.+>|\$\{.*\}|\[.*\])$/.test(segment);
  // What a request does, in the words people use for it, by its method and whether its path ends with a placeholder.
  const VERBS = new Map([["get", "get list retrieve fetch read show"], ["post", "create add new send"], ["put", "update modify edit change replace set"], ["delete", "delete remove"]]);
  const verbs = (method, whole) => {
    const changes = method === "patch" || (method === "post" && !whole);
    return (VERBS.get(changes ? "put" : method) || method).split(" ");
  };
  /** The segments of a path, each with whether it is a placeholder; and the stems of its names. */
  const route = (path) => {
    const all = segments(path).map((one) => ({ text: one.toLowerCase(), hole: placeholder(one) }));
    return { all, names: all.filter(({ text, hole }) => !hole && !VERSION.test(text)).map(({ text }) => stem(squash(text))), whole: !all.at(-1)?.hole };
  };
  /** How well a path fits what was typed, between 0 and 1. At least one of its names must have been typed. */
  const fit = (typed, path) => {
    let best = 0;
    for (let start = 0; start + typed.length <= path.length; start++) {
      let points = 1, names = 0;
      for (let i = 0; i < typed.length && points; i++) {
        const [one, other] = [typed[i], path[start + i]];
        if (one.hole) points *= !other.hole ? 0 : squash(other.text).endsWith(squash(one.text)) ? 1 : 0.99;
        else if (other.hole) points *= 0.8;
        else if (one.text === other.text || (i === typed.length - 1 && other.text.startsWith(one.text))) {
          points *= one.text === other.text ? 1 : 0.7;
          names += 1;
        } else points = 0;
      }
      const more = path.length - start - typed.length;
      if (names) best = Math.max(best, points * 0.9 ** more * 0.97 ** start);
    }
    return best;
  };

  // The index: a document for each page, and for each section of a page that was written by hand. `postings` has for each word
  // the documents that contain it, with the weight of the best place it is in there; `tree` has the same by prefix.
  const WEIGHTS = { title: 10, name: 9, path: 8, top: 8, topValues: 6, inner: 5, values: 5, fields: 3, tags: 4, verbs: 4, place: 2, placeholders: 2, parts: 1.5, summary: 3, prose: 1, page: 4, section: 2.5, text: 0.5 };
  let postings, tree, documents, rows, below, term, word;

  const put = (made, place, words, weight = WEIGHTS[place]) => {
    for (const word of words) {
      let found = postings.get(word);
      if (!found) postings.set(word, (found = new Map()));
      if (!(found.get(made.id) >= weight)) found.set(made.id, weight);
    }
  };
  /** The words of a row, by its number: its own, and with them those of the rows within it. */
  const within = (number) => {
    if (!below[number]) {
      const [name, values = [], prose = "", children = []] = rows[number];
      const own = { name: squash(name), values: values.map(squash), all: { names: new Set(wholes(name)), values: new Set(values.flatMap((value) => [squash(value), ...wholes(value)])), parts: new Set([name, ...values].flatMap(tokens)), prose: new Set(tokens(prose)) } };
      for (const child of children) for (const [kind, found] of Object.entries(within(child).all)) for (const one of found) own.all[kind].add(one);
      below[number] = own;
    }
    return below[number];
  };
  const setup = ({ docs }) => {
    const { pages, texts, rows: given } = Array.isArray(docs) ? { pages: [], rows: [], texts: docs } : docs;
    postings = new Map();
    documents = [];
    rows = given;
    below = [];
    term = kept(find);
    word = kept(findName);
    for (const [location, title, summary, tags, requests, prose, groups] of pages) {
      const name = location.replace(/\/$|\.html$/, "").split("/").pop();
      const paths = requests.map(([method, path]) => ({ method: method.toLowerCase(), ...route(path) }));
      const made = { id: documents.length, location, shown: title, about: summary, requests, groups, paths, exact: new Set([squash(title), squash(name)]), titled: stems(title), phrase: phrase(chunks(`${title} ${summary}`)), size: 0 };
      documents.push(made);
      put(made, "title", tokens(title));
      put(made, "name", tokens(name));
      put(made, "tags", tags.flatMap(tokens));
      put(made, "summary", tokens(summary));
      put(made, "prose", tokens(prose));
      for (const { method, all, whole } of paths) {
        put(made, "verbs", [method, ...verbs(method, whole)]);
        for (const { text, hole } of all) put(made, hole ? "placeholders" : "path", tokens(text));
      }
      for (const [place, numbers] of groups) for (const number of numbers) {
        const { all } = within(number);
        put(made, "place", [place]);
        put(made, "parts", all.parts);
        put(made, "prose", all.prose);
        if (place === "response") {
          put(made, "fields", all.names);
          put(made, "fields", all.values);
          continue;
        }
        put(made, "inner", all.names);
        put(made, "values", all.values);
        put(made, "top", wholes(rows[number][0]));
        put(made, "topValues", (rows[number][1] || []).flatMap(wholes));
        made.size += 1;
      }
    }
    const titles = new Map(texts.filter(({ location }) => !location.includes("#")).map(({ location, title }) => [location, plain(title)]));
    for (const { location, title, text, boost = 1, tags = [] } of texts) {
      const [shown, about] = [plain(title), plain(text)];
      const made = { id: documents.length, location, shown, about, boost, words: tags, page: titles.get(location.split("#")[0]) ?? shown, exact: new Set(location.includes("#") ? [] : [squash(shown)]), titled: stems(shown), phrase: phrase(chunks(shown)) };
      documents.push(made);
      put(made, location.includes("#") ? "section" : "page", tokens(shown));
      put(made, "tags", tags.flatMap((tag) => tokens(plain(tag))));
      put(made, "text", tokens(about));
    }
    tree = new MiniSearch(); // so its package calls the map
    for (const [word, found] of postings) tree.set(word, found);
  };

  // Ranking. A document has points for each word: the best weight of what matches, the less the worse it matches. A document
  // that lacks a word loses more than its points.
  const raise = (best, more, factor) => {
    for (const [id, weight] of more) if (!(best.get(id) >= weight * factor)) best.set(id, weight * factor);
  };
  const find = (text) => {
    const best = new Map(postings.get(text));
    if (text.length < 2) return best; // nearly every document has a word that starts with this letter
    const root = stem(text);
    for (const [other, more] of tree.atPrefix(root)) {
      if (other === text) continue;
      if (stem(other) === root) raise(best, more, 0.9);
      else if (other.startsWith(text)) raise(best, more, 0.4 + (0.4 * text.length) / other.length);
    }
    for (let end = 3; end <= text.length - 3; end++) {
      const [one, other] = [postings.get(text.slice(0, end)), postings.get(text.slice(end))];
      if (one && other) raise(best, [...one].filter(([id]) => other.has(id)).map(([id, weight]) => [id, Math.min(weight, other.get(id))]), 0.5);
    }
    if (!best.size && text.length > 3) {
      for (const [, [more, distance]] of tree.fuzzyGet(text, text.length > 7 ? 2 : 1)) raise(best, more, 0.5 / distance);
    }
    return best;
  };
  /** The points for a name: as a whole, or by all its parts. */
  const findName = (chunk) => {
    const best = new Map(term(squash(chunk)));
    const each = parts(chunk);
    if (/_|\p{Ll}\p{Lu}/u.test(chunk)) raise(best, postings.get(squash(chunk)) || [], 2); // nobody types a name by accident
    if (each.length > 1) {
      const [first, ...rest] = each.map(term);
      raise(best, [...first].filter(([id]) => rest.every((one) => one.has(id))).map(([id, weight]) => [id, Math.min(weight, ...rest.map((one) => one.get(id)))]), 0.8);
    }
    return best;
  };

  const rank = (typed) => {
    const address = typed.match(/(?:https?:\/\/[^\s/]*)?(\/\S+)/);
    const path = address ? route(address[1]).all : [];
    const words = content(chunks(address ? typed.replace(address[0], ` ${segments(address[1]).filter((one) => !placeholder(one)).join(" ")} `) : typed));
    const each = words.map((one) => new Map(word(one)));
    const typedStems = new Set(words.flatMap((one) => [squash(one), ...parts(one)]).map(stem));
    for (let i = 0; i + 1 < words.length; i++) {
      const joined = squash(words[i] + words[i + 1]);
      typedStems.add(stem(joined));
      raise(each[i], term(joined), 1);
      raise(each[i + 1], term(joined), 1);
    }
    const whole = squash(words.join(""));
    const said = phrase(words);
    const scores = new Map();
    for (const one of each) {
      const rare = Math.log(1 + documents.length / (1 + one.size));
      for (const [id, weight] of one) {
        const [sum, count] = scores.get(id) || [0, 0];
        scores.set(id, [sum + rare * weight, count + 1]);
      }
    }
    if (path.length) for (const { id } of documents) if (!scores.has(id)) scores.set(id, [0, 0]);
    const methods = new Set(words.map((one) => one.toLowerCase()).filter((one) => METHODS.has(one)));
    const covered = (names) => names.reduce((count, one) => count + typedStems.has(one), 0) / (names.length || 1);
    const ranked = [];
    for (const [id, [sum, count]] of scores) {
      const made = documents[id];
      let score = sum * (count / (words.length || 1)) ** 3 * (1 + 0.4 * covered(made.titled));
      const exact = made.exact.has(whole);
      if (exact) score *= made.paths ? 2 : 6;
      else if (words.length > 1 && made.phrase.includes(said)) score *= 1.5;
      if (made.paths) {
        // Of pages that fit alike, the one of a whole collection, and the one with more to set, is more often looked for.
        const fits = made.paths.map(({ names, whole: all }) => covered(names) * (all ? 1 : 0.5));
        score *= (1 + 0.6 * Math.max(...fits)) * (1 + 0.05 * Math.log2(1 + made.size));
        if (path.length) score += 1000 * Math.max(...made.paths.map(({ method, all }) => fit(path, all) * (!methods.size || methods.has(method) ? 1 : 0.5)));
      } else if (!exact || words.length === 1) score *= made.boost;
      if (score > 0) ranked.push({ made, score });
    }
    return { words, ranked: ranked.sort((a, b) => b.score - a.score) };
  };

  // What is shown.
  const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
  const CHARACTERS = { amp: "&", lt: "<", gt: ">", quot: '"', "#39": "'", nbsp: " " };
  const escaped = (text) => text.replace(/[&<>"']/g, (sign) => ENTITIES[sign]);
  const plain = (html) => html.replace(/<[^>]*>/g, " ").replace(/&(amp|lt|gt|quot|nbsp|#39);/g, (_, name) => CHARACTERS[name]).replace(/\s+/g, " ").trim();
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

  const SHOWN = 40; // results
  const LONGEST = 300; // of what is typed, in characters
  const PLACES = new Map([["response", "response field"]]);
  /** The rows of a page that what was typed names, at most three. A word that is still being typed names rows at the top. */
  const named = (made, words) => {
    const wanted = [...new Set([...words, words.join("")].map(squash).filter((one) => one.length > 2))];
    const dotted = words.filter((one) => one.includes(".")).map((one) => one.toLowerCase());
    const sought = [...wanted, ...dotted.flatMap((one) => one.split(".")).map(squash)];
    const hits = [];
    const visit = (number, above, names, place) => {
      const { name, values, all } = within(number);
      const begun = !names.length && words.length === 1 && wanted.length && name.startsWith(wanted[0]);
      if (!begun && !sought.some((one) => all.names.has(one) || all.values.has(one))) return;
      const [shown, , , children = [], end = shown] = rows[number];
      const anchor = end.startsWith("#") ? end.slice(1) : `${above}.${end}`;
      const full = [...names, shown];
      const whole = `.${full.join(".").toLowerCase()}`;
      const value = values.findIndex((one) => wanted.includes(one));
      const level = dotted.some((one) => whole.endsWith(`.${one}`)) || wanted.includes(name) ? 0 : value >= 0 ? 1 : begun ? 2 : 3;
      if (level < 3) hits.push({ order: level * 100 + full.length + (place === "response" ? 50 : 0), anchor, name: full.join("."), place, value: value >= 0 && rows[number][1][value] });
      for (const child of children) visit(child, anchor, full, place);
    };
    for (const [place, numbers] of made.groups) for (const number of numbers) visit(number, place, [], place);
    return hits.sort((one, other) => one.order - other.order).slice(0, 3);
  };

  /** The result for what was typed: for each page, itself and what was found in it. */
  const query = (typed) => {
    if (!typed.trim()) return { items: [] };
    const { words, ranked } = rank(typed.slice(0, LONGEST).replace(/\[\d*\]/g, ""));
    const items = [], groups = new Map();
    for (const { made, score } of ranked.slice(0, SHOWN)) {
      const item = { location: made.location, score, terms: Object.fromEntries(words.map((one) => [one, word(one).has(made.id)])), text: teaser(made.about, words) };
      if (made.requests) {
        const [[method, path]] = made.requests;
        item.title = `${titled(made.shown, words)} <span class="search-request"><span class="method method-${escaped(method.toLowerCase())}">${escaped(method)}</span> <code>${marked(path, words)}</code></span>`;
        const hits = items.length < 20 ? named(made, words) : [];
        items.push([item, ...hits.map(({ anchor, name, place, value }) => ({
          location: `${made.location}#${encodeURIComponent(anchor)}`, score, terms: Object.fromEntries(Object.entries(item.terms).filter(([, has]) => has)), text: "",
          title: `<code>${marked(name, words)}</code> <span class="search-place">${PLACES.get(place) || escaped(place)}${value === false ? "" : `: <code>${marked(value, words)}</code>`}</span>`,
        }))]);
        continue;
      }
      item.title = marked(made.shown, words);
      if (made.words.length) item.tags = made.words;
      const page = made.location.split("#")[0];
      if (!groups.has(page)) {
        groups.set(page, [{ location: page, score, terms: {}, title: marked(made.page, words), text: "" }]);
        items.push(groups.get(page));
      }
      const group = groups.get(page);
      if (made.location === page) group[0] = { ...item, score: group[0].score };
      else group.push(item);
    }
    return { items, suggest: suggestions(typed, ranked) };
  };
  /** The word of a title, or of the name of a row, that the last word may become. Some versions of Material show it as HTML. */
  const suggestions = (typed, ranked) => {
    const last = typed.split(/[\s-]+/).pop().toLowerCase();
    const names = ({ shown, groups = [] }) => [...chunks(shown), ...groups.flatMap(([, numbers]) => numbers.flatMap((number) => chunks(rows[number][0])))];
    const found = last && ranked.slice(0, 5).flatMap(({ made }) => names(made)).find((one) => one.toLowerCase().startsWith(last));
    return found ? [found.toLowerCase()] : [];
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
