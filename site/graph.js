// Links the symbols of pictures to what the tables of the page link their names to, row by row.
(() => {
  "use strict";
  document.querySelectorAll(".graph .e, .graph .b").forEach((side) => {
    let rows = [];
    side.querySelectorAll("li").forEach((row) => {
      const heading = row.querySelector("a");
      if (heading) rows = [...document.querySelector(heading.hash).parentElement.querySelectorAll("tbody tr")];
      const target = row.className && rows.shift()?.querySelector("th a[href]");
      if (!target) return;
      const link = document.createElement("a");
      link.href = target.href;
      link.append(...row.childNodes);
      row.append(link);
    });
  });
})();
// Pans and zooms pictures: buttons, keys while the picture has the focus, dragging, and the wheel together with Ctrl.
(() => {
  "use strict";
  document.querySelectorAll(".graph > svg:not(.histogram)").forEach((svg) => {
    const whole = svg.getAttribute("viewBox").split(" ").map(Number);
    let [x, y, width, height] = whole;
    const draw = () => svg.setAttribute("viewBox", [x, y, width, height].map((n) => n.toFixed(1)).join(" "));
    const zoom = (factor, atX = 0.5, atY = 0.5) => {
      const next = Math.min(whole[2], Math.max(whole[2] / 8, width / factor));
      x += (width - next) * atX;
      y += (height - height * (next / width)) * atY;
      height *= next / width;
      width = next;
      pan(0, 0);
    };
    const pan = (right, down) => {
      x = Math.min(whole[0] + whole[2] - width, Math.max(whole[0], x + right));
      y = Math.min(whole[1] + whole[3] - height, Math.max(whole[1], y + down));
      draw();
    };
    const reset = () => {
      [x, y, width, height] = whole;
      draw();
    };

    const box = svg.parentElement;
    const bar = document.createElement("div");
    bar.className = "tools";
    for (const [text, label, action] of [["+", "Zoom in", () => zoom(1.4)], ["−", "Zoom out", () => zoom(1 / 1.4)],
      ["Reset", "Show the whole picture", reset]]) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = text;
      button.setAttribute("aria-label", label);
      button.addEventListener("click", action);
      bar.append(button);
    }
    box.before(bar);

    const keys = { "+": () => zoom(1.4), "=": () => zoom(1.4), "-": () => zoom(1 / 1.4), 0: reset };
    const arrows = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
    box.addEventListener("keydown", (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const isZoomed = width < whole[2];
      if (keys[event.key]) keys[event.key]();
      else if (arrows[event.key] && isZoomed) pan(arrows[event.key][0] * width / 10, arrows[event.key][1] * height / 10);
      else return;
      event.preventDefault();
    });
    box.addEventListener("wheel", (event) => {
      if (!event.ctrlKey) return;
      event.preventDefault();
      const place = svg.getBoundingClientRect();
      zoom(event.deltaY < 0 ? 1.2 : 1 / 1.2, (event.clientX - place.left) / place.width, (event.clientY - place.top) / place.height);
    }, { passive: false });
    let from = null;
    svg.addEventListener("pointerdown", (event) => {
      if (width < whole[2] && !event.target.closest("a")) from = [event.clientX, event.clientY];
    });
    window.addEventListener("pointermove", (event) => {
      if (!from) return;
      const scale = width / svg.getBoundingClientRect().width;
      pan((from[0] - event.clientX) * scale, (from[1] - event.clientY) * scale);
      from = [event.clientX, event.clientY];
    });
    window.addEventListener("pointerup", () => { from = null; });
  });
})();
