// The graph by numbers: bodies and claims (statements) as columns, and the edges of the three views made of claims.
const CROWDS = new Set(ABOUT.constants.crowds);
const unpacked = column => (column.length === 2 && Array.isArray(column[1]) ? column[1].map(number => column[0][number]) : column);
const table = id => Object.fromEntries(Object.entries(read(id)).map(([name, column]) => [name, unpacked(column)]));
const BODIES = table("data-bodies"), CLAIMS = table("data-claims"), VIEWS = read("data-views");
const { crowd: CROWD, shown: SHOWN, partnership: PARTNERSHIP, participation: PARTICIPATION, funding: FUNDING, slice: SLICE } = ABOUT.constants;
for (const column of ["id", "type", "zh", "en", "collective", "also", "places"]) BODIES[column] ??= [];
for (const column of ["reference", "subject", "predicate", "object", "program", "place", "since", "until", "status", "certainty", "amount", "currency", "support", "basis", "included_in"]) CLAIMS[column] ??= [];
const bodyOf = new Map(BODIES.id.map((id, number) => [id, number])), claimOf = new Map(CLAIMS.reference.map((reference, number) => [reference, number]));
const ends = name => (CLAIMS[name] || []).map(id => (id === "" ? -1 : bodyOf.get(id)));
const FROM = ends("subject"), TO = ends("object"), THROUGH = ends("program");
const SOURCE = CLAIMS.reference.map(reference => reference.slice(0, reference.indexOf("/")));
const sourceOf = new Map(ABOUT.sources.map(source => [source.id, source]));
const relationOf = claim => ABOUT.predicates[CLAIMS.predicate[claim]].relation;
const nameOf = body => upright(BODIES[language][body] || BODIES.zh[body] || BODIES.en[body] || BODIES.id[body]);
const classOf = body => ABOUT.classes[BODIES.type[body]];
const isBody = body => body >= 0 && classOf(body).kind === "organization";
const factual = claim => ["", "done", "ongoing"].includes(CLAIMS.status[claim]);
const placesOf = body => (body < 0 || !BODIES.places[body] ? [] : BODIES.places[body].split("|"));
const startOf = claim => CLAIMS.since[claim] || CLAIMS.until[claim], endOf = claim => CLAIMS.until[claim] || (CLAIMS.since[claim] ? "9999" : "");

const slices = [];
const COPIED = /〔([^〔｜]*)｜([^〔｜]*)〕$/;  // a passage out of somebody's own copy says so in both languages
const BLANK = { sentence: "", where: "", sum: "", wording: "", quote: "" };
function wordsOf(claim) {
  const slice = Math.floor(claim / SLICE);
  if (!slices[slice] && !byId("data-words-" + slice)) return BLANK;  // the file is still being read; the words come with its end
  slices[slice] ??= read("data-words-" + slice);
  const [zh, en, where_zh, where_en, wording, quote, sum_zh, sum_en] = slices[slice][claim % SLICE].map(upright);
  return language === "zh"
    ? { sentence: zh, where: where_zh, sum: sum_zh, wording, quote: quote.replace(COPIED, "〔$1〕") }
    : { sentence: en, where: where_en, sum: sum_en, wording, quote: quote.replace(COPIED, "[$2]") };
}
let figuresRead, formsRead;
const figures = () => (figuresRead ??= read("data-figures"));
const forms = () => (formsRead ??= read("data-forms"));

const claimsAt = (() => {
  let found;
  return body => {
    if (!found) {
      found = BODIES.id.map(() => []);
      for (let claim = 0; claim < FROM.length; claim++) for (const end of new Set([FROM[claim], TO[claim], THROUGH[claim]])) if (end >= 0) found[end].push(claim);
    }
    return found[body] || [];
  };
})();

// An edge: its two ends (numbers of bodies), what kind it is, and the units of evidence that it is made of. A unit holds when each of
// its lists has a claim that counts; an edge holds when one of its units does.
const edge = (from, to, kind, more) => ({ from, to, kind, rule: "", status: "", certainty: "explicit", units: [], directed: false, relation: "", ...more });
const phase = claim => (factual(claim) ? "" : CLAIMS.status[claim]);

function grouped(every, keyOf, makeOf, unitOf) {
  const found = new Map();
  for (const item of every) {
    const key = keyOf(item);
    if (!found.has(key)) found.set(key, { key, ...makeOf(item) });
    found.get(key).units.push(unitOf(item));
  }
  return [...found.values()];
}

const pair = (a, b) => (BODIES.id[a] < BODIES.id[b] ? [a, b] : [b, a]);
const claimNumbers = () => FROM.map((_, claim) => claim);

function saidEdges() {
  const claims = claimNumbers().filter(claim => relationOf(claim) === PARTNERSHIP && FROM[claim] !== TO[claim] && isBody(FROM[claim]) && isBody(TO[claim]));
  const key = claim => [...pair(FROM[claim], TO[claim]).map(end => BODIES.id[end]), "said", CLAIMS.certainty[claim], phase(claim)].join("~");
  return grouped(claims, key, claim => edge(...pair(FROM[claim], TO[claim]), "said", { certainty: CLAIMS.certainty[claim], status: phase(claim) }), claim => [[claim]]);
}

function ruleEdges() {
  const made = read("data-derivations").filter(row => row[6]).map(([id, subject, , object, rule, claims]) => {
    const rests = claims.split("|").map(reference => claimOf.get(reference));
    return { id, from: bodyOf.get(subject), to: bodyOf.get(object), rule, rests, certainty: rests.some(claim => CLAIMS.certainty[claim] === "inferred") ? "inferred" : "explicit" };
  }).filter(row => row.from !== row.to && isBody(row.from) && isBody(row.to));
  const key = row => [...pair(row.from, row.to).map(end => BODIES.id[end]), "rule", row.rule, row.certainty].join("~");
  const unit = row => Object.assign(row.rests.map(claim => [claim]), { derivation: row.id });
  return grouped(made, key, row => edge(...pair(row.from, row.to), "rule", { rule: row.rule, certainty: row.certainty }), unit);
}

// Same program: the statements that put each body into it. Campaigns and crowds tie nobody.
function sameEdges() {
  const members = new Map(), found = new Map();
  for (const claim of claimNumbers()) {
    if (relationOf(claim) !== PARTICIPATION || !factual(claim) || !isBody(FROM[claim]) || TO[claim] < 0 || classOf(TO[claim]).kind !== "program") continue;
    if (!members.has(TO[claim])) members.set(TO[claim], new Map());
    const group = members.get(TO[claim]);
    if (!group.has(FROM[claim])) group.set(FROM[claim], []);
    group.get(FROM[claim]).push(claim);
  }
  for (const [program, group] of members) {
    if (group.size > CROWD || CROWDS.has(BODIES.id[program])) continue;
    const every = [...group.keys()].sort((a, b) => (BODIES.id[a] < BODIES.id[b] ? -1 : 1));
    every.forEach((a, place) => every.slice(place + 1).forEach(b => {
      const key = [BODIES.id[a], BODIES.id[b], "same"].join("~");
      if (!found.has(key)) found.set(key, { key, ...edge(a, b, "same") });
      found.get(key).units.push(Object.assign([group.get(a), group.get(b)], { program }));
    }));
  }
  return [...found.values()];
}

function statedEdges() {
  const claims = claimNumbers().filter(claim => TO[claim] >= 0 && TO[claim] !== FROM[claim]);
  const key = claim => [CLAIMS.subject[claim], CLAIMS.predicate[claim], CLAIMS.object[claim], CLAIMS.certainty[claim], phase(claim)].join("~");
  const form = claim => edge(FROM[claim], TO[claim], "stated", {
    certainty: CLAIMS.certainty[claim], status: phase(claim), relation: relationOf(claim), predicate: CLAIMS.predicate[claim], directed: !ABOUT.predicates[CLAIMS.predicate[claim]].symmetric,
  });
  return grouped(claims, key, form, claim => [[claim]]);
}

// One currency, form and basis at a time; what names no amount is a kind of its own.
const moneyKind = claim => (CLAIMS.amount[claim] ? [CLAIMS.currency[claim], CLAIMS.support[claim] || "unspecified", CLAIMS.basis[claim].split("|").sort().join("+")].join(" ") : "none");
function moneyEdges() {
  const claims = claimNumbers().filter(claim => relationOf(claim) === FUNDING && TO[claim] >= 0 && TO[claim] !== FROM[claim]);
  const form = claim => edge(FROM[claim], TO[claim], "money", {
    certainty: CLAIMS.certainty[claim], status: phase(claim), relation: FUNDING, predicate: CLAIMS.predicate[claim], directed: true,
    amount: Number(CLAIMS.amount[claim]) || 0, money: moneyKind(claim), part: CLAIMS.included_in[claim] !== "",
  });
  return grouped(claims, claim => CLAIMS.reference[claim], form, claim => [[claim]]);
}

const made = {};
const edgesOf = name => (made[name] ??= { said: saidEdges, rule: ruleEdges, same: sameEdges, programs: statedEdges, money: moneyEdges }[name]());
// Where the bodies of a view stand, by number, and the community of each.
const layoutOf = view => (view === "money" ? VIEWS.money.kinds[chosenMoney()] || { nodes: [], x: [], y: [], groups: [] } : VIEWS[view]);
const layoutKey = view => (view === "money" ? view + " " + chosenMoney() : view);
const placesIn = view => (made["places " + layoutKey(view)] ??= new Map(layoutOf(view).nodes.map((body, row) => [body, [layoutOf(view).x[row], layoutOf(view).y[row]]])));
const groupsIn = view => (made["groups " + layoutKey(view)] ??= new Map(layoutOf(view).groups.flatMap((group, number) => group.members.map(body => [body, number]))));
const moneyKinds = () => {
  const counted = new Map();
  for (const item of edgesOf("money")) counted.set(item.money, (counted.get(item.money) || 0) + 1);
  return [...counted].sort((one, other) => (one[0] === "none") - (other[0] === "none") || other[1] - one[1] || (one[0] < other[0] ? -1 : 1));
};
