"use strict";
// Words, and elements made of text alone: nothing that comes out of a document is ever parsed as HTML.
const read = id => JSON.parse(document.getElementById(id).textContent);
const byId = id => document.getElementById(id);
const ABOUT = read("data-about");
let language = (navigator.language || "zh").toLowerCase().startsWith("zh") ? "zh" : "en";

const say = (key, values = {}) => (ABOUT.words[key] || [key, key])[language === "zh" ? 0 : 1].replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
const label = thing => (thing ? thing[language] : "");
const figure = number => number.toLocaleString("en-US");
const listed = items => items.join(language === "zh" ? "、" : ", ");

// Marks that turn the direction of writing would turn what stands behind a name, too: they are left out.
const upright = text => text.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "");
const shorter = (text, most) => { const letters = [...text]; return letters.length > most ? letters.slice(0, most - 1).join("") + "…" : text; };

function make(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (key in made && typeof value === "boolean") made[key] = value;
    else if (value !== undefined && value !== null && value !== false) made.setAttribute(key, typeof value === "string" ? upright(value) : value);
  }
  made.append(...children.filter(child => child !== undefined && child !== null && child !== "").map(child => (typeof child === "string" ? upright(child) : child)));
  return made;
}

const button = (text, run, attributes = {}) => make("button", { type: "button", onclick: run, ...attributes }, text);

const SYMBOLS = {
  dot: "M12 3a9 9 0 1 0 .01 0z", square: "M4 4h16v16H4z", diamond: "M12 2l10 10-10 10L2 12z", triangle: "M12 3l10 18H2z", triangleDown: "M12 21L2 3h20z",
  hexagon: "M7 3h10l5 9-5 9H7l-5-9z", star: "M12 2l3 7 7 .6-5.400 4.700 1.700 7.200L12 17.600 5.700 21.500l1.700-7.200L2 9.600 9 9z",
};
function drawing(width, height, path, style, box = `0 0 ${width} ${height}`) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg"), line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  for (const [key, value] of Object.entries({ width, height, viewBox: box, "aria-hidden": "true", class: "sample" })) svg.setAttribute(key, value);
  for (const [key, value] of Object.entries({ d: path, ...style })) line.setAttribute(key, value);
  svg.append(line);
  return svg;
}
const symbol = type => drawing(13, 13, SYMBOLS[ABOUT.classes[type].symbol] || SYMBOLS.dot, { fill: ABOUT.classes[type].colour }, "0 0 24 24");
const stroke = (dashes, colour, width = 2) => drawing(34, 10, "M1 5H33", { stroke: colour, "stroke-width": width, "stroke-dasharray": dashes.join(" "), fill: "none" });
