// Sorts tables that are marked for it by the column whose heading is pressed.
(() => {
  "use strict";
  const key = (cell) => {
    if (cell.dataset.value !== undefined) return Number(cell.dataset.value);
    const text = cell.textContent.trim();
    if (text === "–" || text === "") return -Infinity;
    const number = /^[<>+]?(−?)([\d,]*\.?\d+)(?: %)?$/.exec(text);
    if (!number) return text.toLowerCase();
    return Number(number[2].replaceAll(",", "")) * (number[1] ? -1 : 1) * (text[0] === "<" ? 0.5 : 1);
  };
  const compare = (a, b) => {
    if (typeof a === typeof b) return a < b ? -1 : a > b ? 1 : 0;
    return typeof a === "number" ? -1 : 1;
  };
  const sort = (table, heading, at) => {
    const before = heading.getAttribute("aria-sort");
    table.querySelectorAll("th[aria-sort]").forEach((other) => other.removeAttribute("aria-sort"));
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => ({ row, key: key(row.cells[at]) }));
    const isDown = before ? before === "ascending" : rows.some((row) => Number.isFinite(row.key));
    heading.setAttribute("aria-sort", isDown ? "descending" : "ascending");
    rows.sort((a, b) => (isDown ? compare(b.key, a.key) : compare(a.key, b.key)));
    body.append(...rows.map(({ row }) => row));
  };
  document.querySelectorAll("table[data-sort], table.figures").forEach((table) => {
    if (!table.tHead || table.tBodies[0].rows.length < 2) return;
    [...table.tHead.rows[0].cells].forEach((heading, at) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...heading.childNodes);
      button.addEventListener("click", () => sort(table, heading, at));
      heading.append(button);
    });
  });
})();
