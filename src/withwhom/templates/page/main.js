// What happens when: every change goes through `changed`, which draws, counts, lists and writes the address.
let written = "";
let touched = false;  // whether the reader has moved or zoomed the picture; until then it fits what is shown
function changed(fit = false, typing = false) {
  const before = seen && [...seen.standing, ...seen.groups.keys()].join(" ");
  draw();
  keepFocus(byId("tools").parentNode, heading);
  if (!typing) keepFocus(byId("filters"), filters);
  legend();
  counts();
  if (fit || (!touched && before !== [...seen.standing, ...seen.groups.keys()].join(" "))) fitted();
  showPanel();
  remember();
}
// What is made anew keeps the focus where it was, for people at a keyboard.
function keepFocus(part, make) {
  const active = document.activeElement, held = part.contains(active) ? active.id || active.name : "", inside = part.contains(active);
  make();
  const again = held ? byId(held) || part.querySelector(`[name="${CSS.escape(held)}"]`) : null;
  if (again) again.focus({ preventScroll: true });
  else if (inside && part === byId("panel")) part.focus({ preventScroll: true });
}
// A new view, focus or comparison is a step that the browser can go back from; what is merely chosen is not.
let step = "";
function remember() {
  written = address();
  const now = [state.view, state.focus, state.marks].join("~");
  try { if (location.hash !== written) history[step && step !== now ? "pushState" : "replaceState"](null, "", written); } catch { /* a browser may refuse too many changes */ }
  step = now;
}

const NARROW = matchMedia("(max-width: 900px)");
// Choosing: a body, an edge, a community, the list, or nothing.
function choose(what, centre = true) {
  state.select = what;
  if (bodyOf.has(what)) cursor = bodyOf.get(what);
  const body = bodyOf.get(what);
  if (body !== undefined && seen.bodies.has(body) && !seen.standing.has(body)) { draw(); legend(); counts(); }  // it steps out of its folded community
  mark();
  if (centre && body !== undefined && seen.standing.has(body)) net.moveTo({ position: { x: spot(body)[0], y: spot(body)[1] }, scale: Math.max(net.getScale(), Math.min(1, closest * 1.6)), animation: false });
  net.redraw();
  showPanel();
  remember();
  if (NARROW.matches && what && document.activeElement !== byId("network")) byId("panel").scrollIntoView({ block: "start" });
}
// A body found by name: where the view does not show it, its dossier still opens, and says so.
function arrive(id) {
  byId("search").value = "";
  suggest();
  choose(id);
  if (!seen.bodies.has(bodyOf.get(id))) notice(say("not-shown", { name: nameOf(bodyOf.get(id)) }));
  byId("panel").focus({ preventScroll: true });
}

function switchView(name) {
  touched = false;
  state.view = name;
  state.unfolded.clear();
  state.pinned.clear();
  if (!bodyOf.has(state.select) && state.select !== "list") state.select = "";
  changed(true);
}
function switchLanguage() { language = language === "zh" ? "en" : "zh"; changed(); byId("language").focus(); }
function toggleTheme() {
  const dark = (document.documentElement.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  document.documentElement.dataset.theme = dark ? "light" : "dark";
  draw();
}
function toggleFilters() { document.body.classList.toggle("filtering"); if (document.body.classList.contains("filtering")) byId("filters").scrollIntoView({ block: "start" }); }
function reset() {
  const { view, select: chosen } = state;
  state = Object.assign(fresh(), { view, select: bodyOf.has(chosen) || chosen === "list" ? chosen : "" });
  changed(true);
}
function focusOn(id) { state.focus = id; changed(true); }
function unfocus() { state.focus = ""; changed(true); }
function toggleMark(id) {
  state.marks = state.marks.includes(id) ? state.marks.filter(other => other !== id) : [...state.marks, id].slice(-2);
  if (state.marks.length === 2) state.select = "";
  changed();
}
function togglePin(id) {
  if (!state.pinned.delete(id)) state.pinned.set(id, spot(bodyOf.get(id)).map(Math.round));
  changed();
}
function hide(id) { byId("network").focus({ preventScroll: true }); state.hidden.add(id); if (state.select === id) state.select = ""; if (state.focus === id) state.focus = ""; changed(); }
function unfold(group) { state.unfolded.add(group); if (state.select === group) state.select = ""; changed(); }
function zoomBy(factor) { net.moveTo({ scale: net.getScale() * factor, animation: false }); }

net.on("click", event => {
  const node = event.nodes.length ? nodeOf(event.nodes[0]) : undefined, line = event.edges[0];
  choose(node !== undefined ? (typeof node === "number" ? BODIES.id[node] : node) : line !== undefined ? line : "", false);
});
net.on("doubleClick", event => {
  const node = event.nodes.length ? nodeOf(event.nodes[0]) : undefined;
  if (typeof node === "string") unfold(node);
  else if (node !== undefined) focusOn(BODIES.id[node]);
});
net.on("dragEnd", event => {
  const node = event.nodes.length ? nodeOf(event.nodes[0]) : undefined;
  if (typeof node !== "number") return;
  const place = net.getPosition(nodeKey(node));
  state.pinned.set(BODIES.id[node], [Math.round(place.x), Math.round(place.y)]);
  if (state.select === BODIES.id[node]) showPanel();
  remember();
});
net.on("zoom", () => { touched = true; });
net.on("dragEnd", () => { touched = true; });
net.on("hoverNode", event => { hovered = nodeOf(event.node); byId("network").style.cursor = "pointer"; });
net.on("blurNode", () => { hovered = null; byId("network").style.cursor = ""; });
net.on("hoverEdge", event => { hoveredEdge = event.edge; byId("network").style.cursor = "pointer"; });
net.on("blurEdge", () => { hoveredEdge = null; byId("network").style.cursor = ""; });

// The keyboard in the picture: arrows go to the next body in that direction, letters do what the buttons do.
function nearestIn(direction) {
  const [dx, dy] = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[direction];
  const every = [...seen.standing, ...seen.groups.keys()];
  if (cursor === null || !nodes.get(nodeKey(cursor))) return every.sort((a, b) => (seen.degree.get(b) || 0) - (seen.degree.get(a) || 0))[0];
  const at = nodes.get(nodeKey(cursor)), cost = node => { const there = nodes.get(nodeKey(node)), x = there.x - at.x, y = there.y - at.y, along = x * dx + y * dy, aside = Math.abs(x * dy - y * dx); return along > 0 && aside <= along * 1.2 ? along + aside * 2 : Infinity; };
  return every.filter(node => node !== cursor).reduce((best, node) => (cost(node) < (best === null ? Infinity : cost(best)) ? node : best), null);
}
function networkKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const body = bodyOf.get(state.select), id = state.select;
  const does = {
    "+": () => zoomBy(1.3), "=": () => zoomBy(1.3), "-": () => zoomBy(1 / 1.3), 0: fitted, Escape: () => (state.focus && !state.select ? unfocus() : choose("")),
    f: () => (body !== undefined ? (state.focus === id ? unfocus() : focusOn(id)) : 0), m: () => (body !== undefined ? toggleMark(id) : 0), h: () => (body !== undefined ? hide(id) : 0), p: () => (body !== undefined ? togglePin(id) : 0),
    l: () => choose("list"), Enter: () => { if (typeof cursor === "string") unfold(cursor); else if (cursor !== null) { choose(BODIES.id[cursor], false); byId("panel").focus(); } },
  }[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (event.key.startsWith("Arrow")) {
    event.preventDefault();
    const next = nearestIn(event.key);
    if (next === null || next === undefined) return;
    cursor = next;
    const at = nodes.get(nodeKey(cursor)), point = net.canvasToDOM(at), box = byId("network").getBoundingClientRect();
    if (point.x < 40 || point.y < 40 || point.x > box.width - 40 || point.y > box.height - 40) net.moveTo({ position: { x: at.x, y: at.y }, animation: false });
    if (typeof cursor === "number") choose(BODIES.id[cursor], false); else choose(cursor, false);
    byId("network").focus();
  } else if (does) { event.preventDefault(); does(); }
}
byId("network").addEventListener("keydown", networkKey);
byId("network").addEventListener("pointerdown", () => byId("network").focus({ preventScroll: true }));
byId("search").addEventListener("input", suggest);
byId("search").addEventListener("keydown", searchKey);
byId("search").addEventListener("blur", () => setTimeout(() => { if (document.activeElement !== byId("search")) closeFound(); }, 150));
byId("skip").addEventListener("click", event => { event.preventDefault(); choose("list"); byId("panel").focus(); });
// The letters work wherever nobody is typing; the arrows and Enter in the picture.
document.addEventListener("keydown", event => {
  if (event.defaultPrevented || byId("dialog").open || byId("network").contains(document.activeElement) || /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) return;
  if (/^[fmhplFMHPL+=\-0]$/.test(event.key) || event.key === "Escape") networkKey(event);
});
document.addEventListener("keydown", event => { if (event.key === "/" && !/^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) { event.preventDefault(); byId("search").focus(); } });
addEventListener("hashchange", () => { if (location.hash !== written) { restore(location.hash); changed(true); } });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw());
addEventListener("resize", () => { clearTimeout(fitted.timer); fitted.timer = setTimeout(() => net.redraw(), 100); });

restore(location.hash.length > 1 ? location.hash : ABOUT.start);
if (NARROW.matches) byId("legend").removeAttribute("open");
draw();
heading();
legend();
counts();
fitted();
// The panel and the filters rest on words that stand further down in the file.
const finish = () => { filters(); showPanel(); remember(); net.redraw(); document.documentElement.dataset.ready = "yes"; };
document.readyState === "loading" ? document.addEventListener("DOMContentLoaded", finish) : finish();
