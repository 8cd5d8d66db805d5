// The picture: vis-network draws marks and lines where Python put them; labels, signs and the names of communities are painted over it.
const nodes = new vis.DataSet(), edges = new vis.DataSet();
const net = new vis.Network(byId("network"), { nodes, edges }, JSON.parse(ABOUT.options));
let seen = null, busy = false, hovered = null, hoveredEdge = null, cursor = null, radial = null, print = null, closest = 1, grow = 1;
const paint = name => getComputedStyle(document.documentElement).getPropertyValue("--" + name).trim();
let ink = {};
const inks = () => (ink = Object.fromEntries(["ink", "paper", "dim", "line", "accent", "said", "rule", "same", "money", "ring", "bubble"].map(name => [name, paint(name)])));

const DASHES = { planned: [2, 6], applied: [8, 4, 2, 4], denied: [2, 3] };
const dashesOf = item => DASHES[item.status] || (item.kind === "rule" ? [9, 6] : false);
const colourOf = item => ({ said: ink.said, rule: ink.rule, same: ink.same, money: ink.money, bundle: ink.dim }[item.kind] || (ABOUT.relations[item.relation] || {}).colour || ink.dim);

function widthOfEdge(item) {
  if (item.kind === "same") return 1;
  if (item.kind === "bundle") return Math.min(10, 1 + Math.log2(item.items.length));
  if (item.kind === "money") return item.amount && !item.part ? Math.max(1.2, Math.min(8, Math.log10(item.amount) * 1.1 - 3)) : 1.5;
  return Math.min(9, 1.4 + 1.5 * Math.log2(item.strength) + (item.kind === "said" ? 0.8 : 0));
}

// Where a picture is wide, marks and lines grow, so that they can be seen from afar.
// vis-network paints marks in the order of their names, numbers first: bodies get names, too, so that communities lie beneath them.
const nodeKey = node => (typeof node === "number" ? "b" + node : node), nodeOf = key => (/^b\d+$/.test(key) ? +key.slice(1) : key);
const sizeOf = body => grow * Math.min(30, 7 + 4 * Math.sqrt(seen.degree.get(body) || 0));
function spot(body) {
  return state.pinned.get(BODIES.id[body]) || (radial && radial.get(body)) || placesIn(state.view).get(body) || [0, 0];
}
function middleOf(members) {
  const spots = members.map(spot);
  return [0, 1].map(axis => Math.round(spots.reduce((sum, place) => sum + place[axis], 0) / spots.length));
}

function nodeFor(body) {
  const known = classOf(body), id = BODIES.id[body], marked = state.marks.includes(id) || state.focus === id;
  const [x, y] = spot(body);
  return {
    id: nodeKey(body), x, y, shape: known.symbol, size: sizeOf(body), borderWidth: marked ? 5 : BODIES.collective[body] ? 1.6 : 1.2,
    color: { background: known.colour, border: marked ? ink.ring : BODIES.collective[body] ? ink.ink : ink.paper, highlight: { background: known.colour, border: ink.ring }, hover: { background: known.colour, border: ink.ink } },
    shapeProperties: { borderDashes: BODIES.collective[body] && !marked ? [5 * grow, 3 * grow] : false },
  };
}
// A folded community stands where its members would, as large as the room that they take.
function groupFor([group, members]) {
  const known = layoutOf(state.view).groups[+group.slice(1)], [x, y] = known ? [known.x, known.y] : middleOf(members);
  return {
    id: group, x, y, shape: "dot", size: known ? Math.max(20 * grow, known.radius * 0.62 * Math.sqrt(members.length / known.members.length)) : 24 * grow, borderWidth: 1.2, borderWidthSelected: 3, shapeProperties: { borderDashes: [6 * grow, 5 * grow] },
    color: { background: ink.bubble, border: ink.dim, highlight: { background: ink.bubble, border: ink.ring }, hover: { background: ink.bubble, border: ink.ink } },
  };
}
function edgesFor(drawn) {
  const beside = new Map(), of = new Map();
  for (const item of drawn) { const key = [item.from, item.to].map(String).sort().join("~"); of.set(item, key); beside.set(key, (beside.get(key) || 0) + 1); }
  const turn = new Map();
  return drawn.map(item => {
    const key = of.get(item), all = beside.get(key), number = turn.get(key) || 0;
    turn.set(key, number + 1);
    const bend = all === 1 ? 0 : (number - (all - 1) / 2) * 0.3 * (String(item.from) < String(item.to) ? 1 : -1), colour = colourOf(item);
    return {
      id: item.key, from: nodeKey(item.from), to: nodeKey(item.to), width: grow * widthOfEdge(item), dashes: dashesOf(item) && dashesOf(item).map(dash => dash * grow), arrows: item.directed ? "to" : "",
      color: { color: colour, highlight: ink.ring, hover: ink.ring, opacity: item.kind === "same" ? 0.7 : item.kind === "bundle" ? 0.35 : 0.8 },
      smooth: bend ? { enabled: true, type: bend > 0 ? "curvedCW" : "curvedCCW", roundness: Math.abs(bend) } : false,
    };
  });
}

// Around a body in focus the others stand in rings, one ring a step, kin beside kin.
function rings(near) {
  const found = new Map(), angle = new Map();
  for (let step = 0; step <= state.depth; step++) {
    const ring = [...near].filter(([, steps]) => steps === step).map(([body]) => body);
    const key = body => (step < 2 ? (groupsIn(state.view).get(body) ?? 999) : nearestAngle(body, near, angle));
    ring.sort((a, b) => key(a) - key(b) || (BODIES.type[a] < BODIES.type[b] ? -1 : BODIES.type[a] > BODIES.type[b] ? 1 : a - b));
    const radius = step ? Math.max(190 * step, (ring.length * 62) / (2 * Math.PI), step > 1 ? 130 + Math.max(...[...found.values()].map(([x, y]) => Math.hypot(x, y))) : 0) : 0;
    ring.forEach((body, number) => {
      const turn = (2 * Math.PI * number) / ring.length - Math.PI / 2;
      angle.set(body, turn);
      found.set(body, [Math.round(radius * 1.25 * Math.cos(turn)), Math.round(radius * Math.sin(turn))]);
    });
  }
  return found;
}
function nearestAngle(body, near, angle) {
  for (const item of seen.edges) {
    const other = item.from === body ? item.to : item.to === body ? item.from : -1;
    if (other >= 0 && near.get(other) === near.get(body) - 1 && angle.has(other)) return angle.get(other);
  }
  return 9;
}

const drawnItems = new Map();
function draw() {
  inks();
  seen = select();
  radial = seen.near ? rings(seen.near) : null;
  grow = 1;
  grow = Math.max(1, Math.min(seen.groups.size ? 6 : 1.35, 0.62 / frame().scale));
  busy = true;  // vis-network may paint between the steps
  drawnItems.clear();
  for (const item of seen.drawn) drawnItems.set(item.key, item);
  nodes.clear();
  edges.clear();
  nodes.add([...[...seen.groups].map(groupFor), ...[...seen.standing].map(nodeFor)]);
  edges.add(edgesFor(seen.drawn));
  busy = false;
  mark();
}
// Everything in sight, beside the legend and above the counts.
// Everything in sight, above the counts.
function frame() {
  const every = [...[...seen.groups].map(groupFor), ...[...seen.standing].map(body => ({ x: spot(body)[0], y: spot(body)[1], size: 30 })), ...discs().map(({ x, y, radius }) => ({ x, y, size: radius }))], box = byId("network").getBoundingClientRect();
  const edge = (axis, side) => every.reduce((most, node) => (side > 0 ? Math.max : Math.min)(most, node[axis] + side * node.size), side > 0 ? -Infinity : Infinity);
  const [left, right, top, bottom] = [edge("x", -1), edge("x", 1), edge("y", -1), edge("y", 1)], foot = byId("counts").offsetHeight;
  const scale = Math.min(1.5, (box.width - 130) / (right - left), (box.height - foot - 70) / (bottom - top));
  return every.length && box.width ? { scale, position: { x: (left + right) / 2, y: (top + bottom) / 2 + foot / 2 / scale } } : { scale: 1, position: { x: 0, y: 0 } };
}
function fitted() {
  const { scale, position } = frame();
  net.moveTo({ position, scale, animation: false });
  closest = scale;
  touched = false;
}
// Show what is chosen: a body, or an edge.
function mark() {
  net.unselectAll();
  const body = bodyOf.get(state.select);
  if (body !== undefined && nodes.get(nodeKey(body))) net.selectNodes([nodeKey(body)], false);
  else if (seen.groups.has(state.select)) net.selectNodes([state.select], false);
  else if (drawnItems.has(state.select)) net.selectEdges([state.select]);
}

const onScreen = body => { const [x, y] = typeof body === "number" ? spot(body) : (node => [node.x, node.y])(nodes.get(body)); return net.canvasToDOM({ x, y }); };
const pointOnEdge = (key, part = 0.5) => { const held = net.body.edges[key]; return held && held.connected ? net.canvasToDOM(held.edgeType.getPoint(part)) : null; };

// The communities in the picture: the discs around their members that stand.
function discs() {
  if (!seen || radial) return [];
  const members = new Map();
  for (const body of seen.standing) {
    const group = groupsIn(state.view).get(body);
    if (group === undefined || seen.groups.has("g" + group) || state.pinned.has(BODIES.id[body]) || !seen.degree.has(body)) continue;
    members.has(group) ? members.get(group).push(body) : members.set(group, [body]);
  }
  return [...members].filter(([, bodies]) => bodies.length > 3).map(([group, bodies]) => {
    const spots = bodies.map(spot), [x, y] = [0, 1].map(axis => (Math.min(...spots.map(place => place[axis])) + Math.max(...spots.map(place => place[axis]))) / 2);
    return { group, count: bodies.length, x, y, radius: Math.max(...spots.map(place => Math.hypot(place[0] - x, place[1] - y))) + 36 };
  });
}
net.on("beforeDrawing", context => {
  if (busy) return;
  context.save();
  context.fillStyle = ink.ink + "0a";
  for (const { x, y, radius } of discs()) { context.beginPath(); context.arc(x, y, radius, 0, 2 * Math.PI); context.fill(); }
  context.restore();
});

net.on("afterDrawing", context => {
  if (!seen || busy) return;
  const size = print ? print.size : 1, canvas = context.canvas, ratio = canvas.width / canvas.clientWidth;
  context.save();
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  const wide = canvas.width / ratio, high = canvas.height / ratio, taken = board();
  const inside = ({ x, y }) => x > -50 && y > -50 && x < wide + 50 && y < high + 50;
  signs(context, size, inside);
  if (print) numbers(context, size, inside, taken);
  names(context, size, inside, taken, wide);
  edgeWords(context, size, inside, taken);
  discNames(context, size, inside, taken);
  context.restore();
});

// A ring on the line: a reader inferred it. A cross: it is denied.
function signs(context, size, inside) {
  const ring = Math.max(2 * size, Math.min(3.6 * size, 5 * net.getScale()));
  for (const item of seen.drawn) {
    if (item.certainty !== "inferred" && item.status !== "denied") continue;
    const point = pointOnEdge(item.key);
    if (!point || !inside(point)) continue;
    context.lineWidth = 1.6 * size;
    context.strokeStyle = colourOf(item);
    context.beginPath();
    if (item.status === "denied") { const arm = 4 * size; context.moveTo(point.x - arm, point.y - arm); context.lineTo(point.x + arm, point.y + arm); context.moveTo(point.x + arm, point.y - arm); context.lineTo(point.x - arm, point.y + arm); }
    else { context.arc(point.x, point.y, ring, 0, 2 * Math.PI); context.fillStyle = ink.paper; context.fill(); }
    context.stroke();
  }
}

function numbers(context, size, inside, taken) {
  const font = `600 ${9 * size}px ${FONT}`;
  for (const body of seen.standing) { const { x, y } = onScreen(body), reach = sizeOf(body) * net.getScale(); taken.take({ left: x - reach, right: x + reach, top: y - reach, bottom: y + reach }); }
  for (const [key, number] of print.numbers) {
    const text = String(number), width = widthOf(context, text, font) + 4 * size, height = 11 * size;
    const found = [0.62, 0.38, 0.5, 0.7, 0.3, 0.44, 0.56].map(part => pointOnEdge(key, part)).filter(point => point && inside(point)).map(point => ({ left: point.x - width / 2, right: point.x + width / 2, top: point.y - height / 2, bottom: point.y + height / 2 })).find(taken.free);
    if (!found) continue;
    taken.take(found);
    print.shown.add(key);
    context.fillStyle = ink.paper;
    context.fillRect(found.left, found.top, width, height);
    context.font = font; context.textAlign = "center"; context.textBaseline = "middle"; context.fillStyle = ink.dim;
    context.fillText(text, (found.left + found.right) / 2, (found.top + found.bottom) / 2 + 0.5 * size);
  }
}

// The first few are named even where their names lie over smaller marks, but over no other name.
const FIRST = 4;
function names(context, size, inside, taken, wide) {
  const scale = net.getScale() / size, ranked = [...seen.standing, ...seen.groups.keys()];
  const rank = node => (typeof node === "string" ? 4 + seen.groups.get(node).length / 10 : seen.degree.get(node) || 0);
  const first = new Set([bodyOf.get(state.select), bodyOf.get(state.focus), ...state.marks.map(id => bodyOf.get(id)), hovered, cursor]);
  const beside = new Set(state.select ? seen.edges.filter(item => first.has(item.from) || first.has(item.to) || item.key === state.select).flatMap(item => [item.from, item.to]) : []);
  const priority = node => (first.has(node) ? 2e6 : beside.has(node) ? 1e6 : 0) + rank(node);
  ranked.sort((a, b) => priority(b) - priority(a) || (a < b ? -1 : 1));
  const most = radial ? 400 : Math.max(60, Math.round(70 * (scale / (closest || 1)) ** 1.7));
  const points = new Map(ranked.map(node => [node, onScreen(node)]));
  for (const node of ranked.slice(0, 300)) {
    if (typeof node === "string") continue;
    const { x, y } = points.get(node), reach = sizeOf(node) * net.getScale();
    if (inside(points.get(node)) && reach > 3 * size) taken.take({ left: x - reach, right: x + reach, top: y - reach, bottom: y + reach });
  }
  const words = board();
  let shown = 0;
  for (const node of ranked) {
    if (shown >= most && priority(node) < 1e6) break;
    const point = points.get(node);
    if (!inside(point)) continue;
    const whole = first.has(node), group = typeof node === "string", large = whole || group || rank(node) > 8;
    const font = `${whole ? 600 : group ? "italic 400" : rank(node) > 4 ? 500 : 400} ${(large ? 13.5 : 12) * size}px ${FONT}`, height = (large ? 17 : 15) * size;
    const text = !group ? nameOf(node) : node !== "rest" && seen.standing.has(leader(node)) && !whole ? "+" + figure(seen.groups.get(node).length) : groupName(node, seen.groups.get(node));
    const rows = lines(context, text, font, (whole ? 240 : group ? 170 : 132) * size, whole ? 3 : 2);
    const width = Math.max(...rows.map(row => widthOf(context, row, font))) + 4 * size;
    const away = (group ? nodes.get(node).size : sizeOf(node)) * net.getScale() + 3 * size, tall = rows.length * height;
    const centred = group ? [0, 0.9, -0.9].map(step => ({ left: point.x - width / 2, right: point.x + width / 2, top: point.y - tall / 2 + step * tall, bottom: point.y + tall / 2 + step * tall })) : [];
    const options = [...centred, ...(group && away > 40 * size ? [] : boxes(point.x, point.y, away, width, tall, radial && !whole ? spot(node) : null))].filter(box => whole || (box.left > 0 && box.right < wide));
    const box = options.find(taken.free) || (shown < FIRST ? options.find(words.free) : null) || (whole ? options[0] : null);
    if (!box) continue;
    taken.take(box);
    words.take(box);
    shown++;
    write(context, box, rows, { font, height, halo: 4 * size, ink: group ? ink.dim : ink.ink, paper: ink.paper });
  }
}

// The names of communities, above their discs, where there is room.
function discNames(context, size, inside, taken) {
  const font = `italic 400 ${11.5 * size}px ${FONT}`, height = 15 * size;
  for (const { group, x, y, radius, count } of discs().sort((one, other) => other.count - one.count)) {
    const point = net.canvasToDOM({ x, y: y - radius }), text = groupName("g" + group, { length: count }), width = widthOf(context, text, font);
    const box = [0, 1].map(place => ({ left: point.x - width / 2, right: point.x + width / 2, top: point.y + (place - 0.5) * height - height / 2, bottom: point.y + (place - 0.5) * height + height / 2 })).find(taken.free);
    if (!box || !inside(point)) continue;
    taken.take(box);
    write(context, box, [text], { font, height, halo: 3 * size, ink: ink.dim, paper: ink.paper });
  }
}

// Words on lines: the amount, the role or the relation, where there is room, first beside what is chosen.
function edgeWords(context, size, inside, taken) {
  if (state.view === "ties") return;
  const chosen = bodyOf.get(state.select), close = item => item.key === state.select || item.key === hoveredEdge || [chosen, hovered].some(body => body !== undefined && body !== null && (item.from === body || item.to === body));
  const some = seen.drawn.filter(item => item.kind !== "bundle" && (close(item) || seen.drawn.length <= 60 || net.getScale() > 1.1)).sort((a, b) => close(b) - close(a) || (b.amount || 0) - (a.amount || 0));
  const font = `400 ${11 * size}px ${FONT}`;
  for (const item of some.slice(0, 200)) {
    const point = pointOnEdge(item.key);
    if (!point || !inside(point)) continue;
    const text = edgeLabel(item), width = widthOf(context, text, font) + 4 * size;
    const lift = (widthOfEdge(item) * grow * net.getScale()) / 2 + 8 * size, [from, to] = [onScreen(item.from), onScreen(item.to)];
    if (Math.hypot(from.x - to.x, from.y - to.y) < width * 0.8 && item.key !== hoveredEdge) continue;
    const box = { left: point.x - width / 2, right: point.x + width / 2, top: point.y - 7 * size - lift, bottom: point.y + 7 * size - lift };
    if (!taken.free(box)) continue;
    taken.take(box);
    write(context, box, [text], { font, height: 14 * size, halo: 4 * size, ink: ink.dim, paper: ink.paper });
  }
}
const roleOf = predicate => ABOUT.predicates[predicate]["role_" + language] || label(ABOUT.predicates[predicate]);
function edgeLabel(item) {
  if (item.kind === "money") return (wordsOf(item.claims[0]).sum || say("no-amount")) + (startOf(item.claims[0]) ? say("in-year", { year: startOf(item.claims[0]).slice(0, 4) }) : "");
  return item.relation === PARTICIPATION ? roleOf(item.predicate) : label(ABOUT.predicates[item.predicate]);
}
