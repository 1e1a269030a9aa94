// The static page needs no script: this opens what a link points to, and everything for the printer; it says the values
// under the pointer or at the slider's step, from the data that a figure's link has, and hides curves.
function reveal() {
  const e = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (e && e.tagName == "DETAILS") e.open = true;
}
addEventListener("hashchange", reveal); reveal();
addEventListener("beforeprint", () => document.querySelectorAll("details").forEach(d => d.open = true));
function cells(line) {
  return [...line.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(m => m[1].replace(/^"|"$/g, "").replace(/""/g, '"'));
}
function table(link) {
  const text = new TextDecoder().decode(Uint8Array.from(atob(link.href.split(",")[1]), c => c.charCodeAt(0)));
  const [names, ...rows] = text.trim().split("\n").map(cells);
  return rows.map(row => Object.fromEntries(names.map((name, i) => [name, row[i]])));
}
function grouped(rows) {
  const curves = new Map();
  for (const row of rows) {
    const name = row.label + (row.set ? " (" + row.set + ")" : "");
    if (!curves.has(name)) curves.set(name, []);
    curves.get(name).push(row);
  }
  return curves;
}
function element(tag, attributes = {}, ...content) {
  const e = Object.assign(document.createElement(tag), attributes);
  e.append(...content);
  return e;
}
function round(value) { return Number(Number(value).toPrecision(4)); }

// A box of values over a figure, under the pointer, or below it: `at(value)` shows those of the data that are nearest to
// a value of the horizontal axis.
function values(figure) {
  const [x, y, scale, low, high, from, to] = JSON.parse(figure.dataset.frame).map((v, i) => i < 3 ? v : Number(v));
  const on = scale == "log" ? Math.log : v => v, svg = figure.querySelector("svg");
  const tip = element("div", { className: "tip", hidden: true }), rule = element("div", { className: "rule", hidden: true });
  svg.after(rule, tip);
  let curves, fixed = null;
  function show(value) {
    curves ??= grouped(table(figure.querySelector("a[download]")).filter(row => row[y] !== ""));
    tip.hidden = rule.hidden = !curves.size || !(value >= low && value <= high);
    if (tip.hidden) return false;
    const away = r => Math.abs(on(Number(r[x])) - on(value));
    const nearest = [...curves].map(([name, rows]) => [name, rows.reduce((a, b) => away(b) < away(a) ? b : a)]);
    const here = nearest.reduce((a, b) => away(b[1]) < away(a[1]) ? b : a)[1][x];
    const lines = [[x, here], ...nearest.filter(([, r]) => r[x] == here).map(([name, r]) => [name, r[y]])];
    tip.replaceChildren(...lines.map(([name, v]) => element("div", {}, name + " ", element("b", {}, String(round(v))))));
    const box = svg.getBoundingClientRect(), frame = figure.getBoundingClientRect();
    const place = box.left - frame.left + box.width * (from + (to - from) * (on(Number(here)) - on(low)) / (on(high) - on(low)));
    Object.assign(rule.style, { left: place + "px", height: box.height + "px" });
    tip.classList.remove("pinned");
    tip.style.left = Math.max(0, Math.min(place + 12, frame.width - tip.offsetWidth)) + "px";
    return true;
  }
  svg.addEventListener("pointermove", e => {
    const box = svg.getBoundingClientRect(), share = ((e.clientX - box.left) / box.width - from) / (to - from);
    const logical = on(low) + share * (on(high) - on(low));
    if (show(scale == "log" ? Math.exp(logical) : logical))
      tip.style.top = e.clientY - figure.getBoundingClientRect().top + 14 + "px";
  });
  svg.addEventListener("pointerleave", () => at(fixed));
  function at(value) {
    fixed = value;
    if (value === null) tip.hidden = rule.hidden = true;
    else if (show(value)) tip.classList.add("pinned");
  }
  return { x, low, high, at, steps: () => table(figure.querySelector("a[download]")).map(row => Number(row[x])) };
}

// A box to tick for every curve that the legend names.
function choices(figure) {
  const names = JSON.parse(figure.dataset.frame)[7];
  if (names.filter(Boolean).length < 2) return;
  const boxes = names.map((name, i) => {
    if (!name) return "";
    const box = element("input", { type: "checkbox", checked: true });
    box.addEventListener("change", () => figure.querySelectorAll("svg [id]").forEach(part => {
      const [, what, of] = part.id.match(/(curve|key|words)-(\d+)(?:-\d+)?$/) ?? [];
      if (Number(of) == i) part.style.opacity = box.checked ? "" : what == "curve" ? 0 : 0.3;
    }));
    return element("label", {}, box, " " + name);
  });
  figure.querySelector("figcaption").append(element("details", { className: "curves" }, element("summary", {}, "Curves"), ...boxes));
}

// One slider for all figures of a problem that are over t.
function slider(place, figures) {
  const steps = [...new Set(figures.flatMap(f => f.steps()))].sort((a, b) => a - b), off = steps.length;
  if (off < 3) return;
  const said = element("output", {}, "off");
  const range = element("input", { type: "range", min: 0, max: off, value: off });
  range.setAttribute("aria-label", "read all figures at one step t");
  range.addEventListener("input", () => {
    const t = range.value < off ? steps[range.value] : null;
    said.textContent = t === null ? "off" : "t = " + t;
    figures.forEach(f => f.at(t));
  });
  place.before(element("p", { className: "slider" }, element("label", {}, "Read all figures at one step: ", range, " "), said));
}

const drawn = new Map([...document.querySelectorAll("figure[data-frame]")].map(figure => [figure, values(figure)]));
drawn.forEach((_, figure) => choices(figure));
for (const place of document.querySelectorAll(".figures")) {
  const figures = [...place.children].map(figure => drawn.get(figure)).filter(f => f && f.x == "t");
  if (figures.length) slider(place, figures);
}
