// Highlights over a page, in points of the upright page: colours below the words, signs and the current frame above.
const SVG = "http://www.w3.org/2000/svg";

function make(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  return element;
}

function layer(face, name, size) {
  const drawn = make("svg", { class: name, viewBox: `0 0 ${size.width} ${size.height}`, preserveAspectRatio: "none", "aria-hidden": "true" });
  face.querySelector(`.${name}`)?.remove();
  const letters = face.querySelector(".letters");
  if (letters) letters.before(drawn); else face.append(drawn);
  return drawn;
}

export function drawMarks(face, size, stops, current) {
  const marks = layer(face, "marks", size);
  const signs = layer(face, "signs", size);
  const drawn = new Map();
  for (const stop of stops) {
    for (const box of stop.boxes) {
      const key = box.join();
      if (!drawn.has(key) || stop === current) marks.append(rectangle(box, { class: `t-${stop.tone}` }));
      drawn.set(key, true);
    }
    if (stop.boxes.length) signs.append(sign(stop, stop === current));
  }
  const top = signs.querySelector("[data-current]");
  if (top) signs.append(top);
}

function sign(stop, isCurrent) {
  const group = make("g", isCurrent ? { class: "current", "data-current": "" } : {});
  if (isCurrent) for (const box of stop.boxes) group.append(rectangle(box, {}));
  const [x0, y0] = stop.boxes[0];
  const text = make("text", { x: x0, y: y0 - 1 });
  text.textContent = isCurrent ? stop.sign : (stop.sign ?? "");
  group.append(text);
  return group;
}

function rectangle([x0, y0, x1, y1], more) {
  return make("rect", { x: x0 - 0.8, y: y0 - 0.4, width: x1 - x0 + 1.6, height: y1 - y0 + 0.8, rx: 1, ...more });
}

// The stop under a point of the screen, if there is one.
export function stopAt(face, size, stops, event) {
  const matrix = face.querySelector(".marks")?.getScreenCTM();
  if (!matrix) return null;
  const at = new DOMPoint(event.clientX, event.clientY).matrixTransform(matrix.inverse());
  return stops.find((s) => s.boxes.some(([x0, y0, x1, y1]) => at.x >= x0 && at.x <= x1 && at.y >= y0 && at.y <= y1)) ?? null;
}
