// Search over names: loads the list of prefixes once, then one or two shards a word. Shards are classic scripts, so that it
// works from a disk too.
(() => {
  "use strict";
  const root = document.currentScript.src.replace(/[^/]*$/, "");
  const MAX_RESULTS = 12;
  const KINDS = { package: "package", binary: "installed name", repository: "repository", person: "person", team: "team" };
  const ORDER = { package: 0, binary: 1, repository: 2, team: 3, person: 4 };
  const shards = new Map();
  let prefixes = null;
  let numbers = null;

  window.trustgraphSearch = {
    index(list) {
      prefixes = list;
      numbers = new Map(list.map((prefix, number) => [prefix, number]));
    },
    shard(prefix, isWhole, rows) {
      const shared = (note, shown) => `node.html#repository/${`${note}/${shown}`.split("/").map(encodeURIComponent).join("/")}`;
      const entries = rows.map(([shown, kind, page, note, points, weight]) =>
        ({ name: shown.toLowerCase(), shown, kind, page: page || shared(note, shown), note, points, weight }));
      shards.set(prefix, { isWhole, entries });
    },
  };

  const loading = new Map();
  const load = (file) => {
    if (!loading.has(file)) {
      loading.set(file, new Promise((resolve) => {
        const script = document.createElement("script");
        script.src = `${root}search/${file}`;
        script.onload = resolve;
        script.onerror = resolve;
        document.head.append(script);
      }));
    }
    return loading.get(file);
  };
  const shard = async (prefix) => {
    if (!shards.has(prefix)) await load(`${numbers.get(prefix)}.js`);
    return shards.get(prefix);
  };

  // What was typed, without what a pasted address or purl adds.
  const normal = (text) => {
    let query = text.trim().toLowerCase().slice(0, 200);
    const purl = /^pkg:[^/]+\/(?:[^/]+\/)?([^?@#]+)/.exec(query);
    if (purl) {
      try { query = decodeURIComponent(purl[1]); } catch { query = purl[1]; }
    }
    query = query.replace(/^[a-z+]+:\/\//, "").replace(/\.git$|\/$/, "");
    if (/^[^/]+\.[^/]+\/./.test(query)) query = query.replace(/^[^/]+\//, "");
    return query.slice(0, 80);
  };

  const home = (query) => {
    for (let length = query.length; length >= 0; length -= 1) {
      const prefix = query.slice(0, length);
      if (numbers.has(prefix)) return prefix;
    }
    return null;
  };
  // The shards that may hold names that begin with `query`.
  const places = (query) => {
    const found = new Set();
    const own = home(query);
    if (own !== null) found.add(own);
    if (own !== query) {
      const longer = prefixes.filter((prefix) => prefix.startsWith(query));
      if (longer.length > 0) found.add(longer.reduce((a, b) => (b.length < a.length ? b : a)));
    }
    return [...found];
  };
  // Other shards a slip among the letters may have led away from: two letters swapped, one too many.
  const slips = (query) => {
    const found = new Set();
    for (let at = 0; at < Math.min(query.length, 10); at += 1) {
      if (at + 1 < query.length) {
        found.add(home(query.slice(0, at) + query[at + 1] + query[at] + query.slice(at + 2)));
      }
      found.add(home(query.slice(0, at) + query.slice(at + 1)));
    }
    found.delete(null);
    return [...found].slice(0, 8);
  };

  // At most one letter added, left out, changed or swapped with its neighbor.
  const isNear = (a, b) => {
    if (Math.abs(a.length - b.length) > 1) return false;
    let start = 0;
    while (start < a.length && a[start] === b[start]) start += 1;
    let end = 0;
    while (end < Math.min(a.length, b.length) - start && a[a.length - 1 - end] === b[b.length - 1 - end]) end += 1;
    const left = a.slice(start, a.length - end);
    const right = b.slice(start, b.length - end);
    if (left.length <= 1 && right.length <= 1) return true;
    return left.length === 2 && right.length === 2 && left[0] === right[1] && left[1] === right[0];
  };
  const rank = (name, query) => {
    if (name === query) return 0;
    if (name.startsWith(query)) return 1;
    if (query.length < 3) return -1;
    if (isNear(name, query)) return 2;
    if (query.length < 5) return -1;
    const beginnings = [query.length - 1, query.length, query.length + 1];
    return beginnings.some((length) => length < name.length && isNear(name.slice(0, length), query)) ? 3 : -1;
  };
  const matches = (lists, query) => {
    const best = new Map();
    for (const list of lists) {
      for (const entry of list ? list.entries : []) {
        const place = rank(entry.name, query);
        if (place < 0) continue;
        const key = `${entry.page} ${entry.name}`;
        if (!best.has(key)) best.set(key, { ...entry, place });
      }
    }
    const sorted = [...best.values()].sort((a, b) =>
      a.place - b.place
      || (a.place === 0 ? ORDER[a.kind] - ORDER[b.kind] : 0)
      || b.weight - a.weight
      || ORDER[a.kind] - ORDER[b.kind]
      || a.name.length - b.name.length
      || (a.name < b.name ? -1 : 1));
    const pages = new Set();
    return sorted.filter((entry) => !pages.has(entry.page) && pages.add(entry.page)).slice(0, MAX_RESULTS);
  };
  const search = async (query) => {
    await load("index.js");
    if (!numbers || query === "") return [];
    const near = await Promise.all(places(query).map(shard));
    const found = matches(near, query);
    if (found.length >= 3 || query.length < 3) return found;
    return matches([...near, ...await Promise.all(slips(query).map(shard))], query);
  };

  const element = (tag, className, text) => {
    const made = document.createElement(tag);
    if (className) made.className = className;
    if (text) made.textContent = text;
    return made;
  };

  const attach = (input) => {
    const list = element("ul", "results");
    list.id = `${input.id}-results`;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", "Results");
    list.hidden = true;
    const status = element("p", "hidden");
    status.setAttribute("role", "status");
    input.after(list, status);
    for (const [name, value] of [["role", "combobox"], ["aria-expanded", "false"], ["aria-controls", list.id],
      ["aria-autocomplete", "list"]]) input.setAttribute(name, value);
    let active = -1;
    let turn = 0;

    const close = () => {
      list.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    };
    const activate = (at) => {
      const options = list.querySelectorAll("[role=option]");
      if (options.length === 0) return;
      active = (at + options.length) % options.length;
      options.forEach((option, number) => option.setAttribute("aria-selected", String(number === active)));
      input.setAttribute("aria-activedescendant", options[active].id);
      options[active].scrollIntoView({ block: "nearest" });
    };
    const option = (entry, number) => {
      const item = element("li");
      item.id = `${list.id}-${number}`;
      item.setAttribute("role", "option");
      item.setAttribute("aria-selected", "false");
      const link = element("a");
      link.href = root + entry.page;
      link.tabIndex = -1;
      const note = entry.kind === "binary" ? `installed name, built from ${entry.note}`
        : [KINDS[entry.kind] || entry.kind, entry.note].filter(Boolean).join(", ");
      link.append(element("span", "name", entry.shown), element("span", "muted", note), element("span", "n", entry.points));
      item.append(link);
      return item;
    };
    const show = (entries, query) => {
      list.replaceChildren(...entries.map(option));
      if (entries.length === 0) list.append(element("li", "muted none", "No name like this is in the snapshot."));
      list.hidden = false;
      active = -1;
      input.removeAttribute("aria-activedescendant");
      input.setAttribute("aria-expanded", "true");
      input.dataset.answered = query;
      status.textContent = entries.length === 0 ? "Nothing found" : `${entries.length} found`;
    };
    const update = async () => {
      const query = normal(input.value);
      turn += 1;
      const mine = turn;
      if (query === "") return close();
      const found = await search(query);
      if (mine === turn) show(found, query);
    };
    const go = async () => {
      if (input.dataset.answered !== normal(input.value)) await update();
      const links = list.querySelectorAll("a");
      const target = links[Math.max(active, 0)];
      if (target) window.location.href = target.href;
    };

    input.addEventListener("input", update);
    input.addEventListener("focus", () => load("index.js"));
    input.addEventListener("keydown", (event) => {
      if (event.key === "ArrowDown") activate(active + 1);
      else if (event.key === "ArrowUp") activate(active < 0 ? -1 : active - 1);
      else if (event.key === "Enter") go();
      else if (event.key === "Escape") close();
      else return;
      event.preventDefault();
    });
    document.addEventListener("click", (event) => {
      if (!list.contains(event.target) && event.target !== input) close();
    });
    const asked = new URLSearchParams(window.location.search).get("q");
    if (input.classList.contains("q") && asked) {
      input.value = asked;
      input.focus();
      update();
    }
  };

  // The field at the head of a page would do nothing without this script, so the script makes it.
  document.querySelectorAll("div.search").forEach((place) => {
    const input = element("input");
    Object.assign(input, { id: "q", type: "search", autocomplete: "off", spellcheck: false, maxLength: 80 });
    input.placeholder = "Search names, press /";
    input.setAttribute("aria-label", "Search packages, repositories and people");
    place.setAttribute("role", "search");
    place.append(input);
  });
  document.querySelectorAll("input[type=search]").forEach(attach);
  document.addEventListener("keydown", (event) => {
    const isTyping = event.target.closest("input, textarea, select, [contenteditable]");
    if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    (document.querySelector("input.q") || document.querySelector("input[type=search]")).focus();
  });
})();
