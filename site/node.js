// Fills the page that all nodes without one of their own share: reads the document that the address names.
(() => {
  "use strict";
  const place = document.querySelector("[data-node]");
  if (!place) return;
  const SHOWN = 40;
  const element = (tag, text) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    return made;
  };
  const table = (caption, head, rows) => {
    const made = element("table");
    made.append(element("caption", caption));
    const top = made.createTHead().insertRow();
    head.forEach((name) => { const cell = element("th", name); cell.scope = "col"; top.append(cell); });
    const body = made.createTBody();
    rows.forEach((row) => { const line = body.insertRow(); row.forEach((cell) => line.insertCell().append(cell)); });
    const scroll = element("div");
    scroll.className = "scroll";
    scroll.append(made);
    return scroll;
  };
  const digits = async (text, count) => {
    const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, count);
  };
  const read = async (path) => {
    const answer = await fetch(path);
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  };
  const link = (id, kind) => {
    const made = element("a", id);
    made.href = `#${kind}/${encodeURIComponent(id)}`;
    return made;
  };
  const points = (value) => (typeof value === "number" ? (10 * value).toFixed(1) : "\u2013");
  const LISTS = { dependencies: "What it needs", dependents: "What needs it", packages: "Packages that name it" };
  const parts = (shard, node) => {
    const made = [];
    const facts = Object.entries(node).filter(([, value]) => value === null || typeof value !== "object");
    made.push(table("Facts", ["What", "Value"], facts.map(([name, value]) => [name.replaceAll("_", " "), String(value)])));
    const scores = Object.entries(node.scores || {});
    const reason = (cells) => String(cells[shard.columns.scores.indexOf("null_reason")] || "");
    if (scores.length > 0) {
      made.push(table("Scores, on 0 to 10 but for counts and shares", ["Score", "Points", "Why none"], scores.map(([metric, cells]) =>
        [metric.replaceAll("_", " "), /criticality|share|effective/.test(metric) ? String(cells[0] ?? "\u2013") : points(cells[0]), reason(cells)])));
    }
    const ledger = node.contributions_to_score || [];
    const at = (name) => shard.columns.contributions_to_score.indexOf(name);
    if (ledger.length > 0) {
      made.push(table("What its trust is made of", ["Part", "From", "Points"], ledger.slice(0, SHOWN).map((row) =>
        [String(row[at("component")]), String(row[at("neighbor_id")] ?? row[at("edge_kind")] ?? ""), points(row[at("amount")])])));
    }
    Object.entries(LISTS).forEach(([key, title]) => {
      const lists = Array.isArray(node[key]) ? { "": node[key] } : node[key] || {};
      const rows = Object.entries(lists).flatMap(([kind, ids]) => ids.map((id) => [link(id, "package"), kind]));
      if (rows.length > 0) made.push(table(title, ["Package", "To"], rows.slice(0, SHOWN)));
    });
    return made;
  };
  const fill = async () => {
    const [kind, ...rest] = location.hash.slice(1).split("/");
    let id = rest.join("/");
    try { id = decodeURIComponent(id); } catch { /* An address with a stray percent sign is taken as it stands. */ }
    if (!kind || !id) return;
    if (kind === "repository" && !id.includes("://")) id = `https://${id}`;
    document.querySelector("[data-kind]").textContent = kind;
    document.querySelector("[data-id]").textContent = id;
    try {
      const index = await read("api/v1/index.json");
      const known = Object.hasOwn(index.kinds, kind) ? index.kinds[kind] : null;
      const shard = known && await read(`api/v1/${kind}/${await digits(id, known.shard_digits)}.json`);
      const node = shard && Object.hasOwn(shard.documents, id) ? shard.documents[id] : null;
      document.querySelector("h1").textContent = (node && node.name) || id;
      place.replaceChildren(...(node ? parts(shard, node) : [element("p", "The snapshot knows nothing of this name.")]));
    } catch (problem) {
      place.replaceChildren(element("p", `Its data could not be read (${problem.message}). Open the site over http, or look in the tables.`));
    }
  };
  window.addEventListener("hashchange", fill);
  fill();
})();
