// Makes what pages of nodes leave out to stay small: the icon and the links to other parts of the site, which the first page has too;
// and what only a script can use: the search field at the head of a page, and links to the page that a script fills.
(() => {
  "use strict";
  const root = document.currentScript.src.replace(/[^/]*$/, "");
  const icon = document.createElement("link");
  Object.assign(icon, { rel: "icon", href: `${root}icon.svg` });
  document.head.append(icon);
  document.querySelectorAll("a.repository").forEach((link) => {
    link.href = `${root}node.html#repository/${link.textContent.split("/").map(encodeURIComponent).join("/")}`;
  });
  const head = document.querySelector(".top");
  if (!head.querySelector("nav")) {
    const nav = document.createElement("nav");
    nav.setAttribute("aria-label", "Site");
    ["Signals", "Needs support", "Changes", "Method", "Validation", "Data"].forEach((name) => {
      const link = document.createElement("a");
      link.href = `${root}${name.toLowerCase().replace(" ", "-")}.html`;
      link.textContent = name;
      nav.append(link);
    });
    head.append(nav);
  }
  if (document.querySelector(".bigsearch")) return;
  const search = document.createElement("div");
  search.className = "search";
  head.querySelector(".home").after(search);
})();
