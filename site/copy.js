// Puts a button beside text that is often copied.
(() => {
  "use strict";
  document.querySelectorAll("[data-copy], .title code:not([data-id])").forEach((source) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy ${source.textContent.trim().slice(0, 60)}`);
    button.addEventListener("click", async () => {
      const said = (text) => {
        button.textContent = text;
        setTimeout(() => { button.textContent = "Copy"; }, 1500);
      };
      try {
        await navigator.clipboard.writeText(source.textContent.trim());
        said("Copied");
      } catch {
        window.getSelection().selectAllChildren(source);
        said("Selected");
      }
    });
    source.after(button);
  });
})();
