// Makes what only a script can use: the icon, the search field at the head of a page, and links to the page that a script fills.
(() => {
  "use strict";
  const root = document.currentScript.src.replace(/[^/]*$/, "");
  const icon = document.createElement("link");
  Object.assign(icon, { rel: "icon", href: `${root}icon.svg` });
  document.head.append(icon);
  document.querySelectorAll("a.repository").forEach((link) => {
    link.href = `${root}node.html#repository/${link.textContent.split("/").map(encodeURIComponent).join("/")}`;
  });
  if (document.querySelector(".bigsearch")) return;
  const search = document.createElement("div");
  search.className = "search";
  document.querySelector(".top .home").after(search);
})();
