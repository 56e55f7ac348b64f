// A signature drawn on a canvas: strokes of whole numbers, kept in a hidden field, drawn again when the page comes back.
"use strict";
(() => {
  const pad = document.querySelector("[data-pad]");
  if (!pad) return;
  const [width, height, mostStrokes, mostPoints] = pad.dataset.pad.split(" ").map(Number);
  const canvas = pad.querySelector("canvas");
  const kept = pad.closest("form").elements.strokes;
  const pen = canvas.getContext("2d");
  const APART = 4;
  let strokes = [];
  let drawn = null;

  const count = () => strokes.reduce((sum, stroke) => sum + stroke.length / 2, 0);

  const place = (event) => {
    const box = canvas.getBoundingClientRect();
    const within = (value, most) => Math.max(0, Math.min(most, Math.round(value)));
    return [
      within(((event.clientX - box.left) / box.width) * width, width),
      within(((event.clientY - box.top) / box.height) * height, height),
    ];
  };

  const paint = () => {
    pen.clearRect(0, 0, width, height);
    pen.lineWidth = 6;
    pen.lineCap = pen.lineJoin = "round";
    pen.strokeStyle = "#1b2a6b";
    for (const stroke of strokes) {
      pen.beginPath();
      pen.moveTo(stroke[0], stroke[1]);
      for (let at = 2; at < stroke.length; at += 2) pen.lineTo(stroke[at], stroke[at + 1]);
      if (stroke.length === 2) pen.lineTo(stroke[0] + 1, stroke[1]);
      pen.stroke();
    }
  };

  const keep = () => {
    kept.value = strokes.length ? JSON.stringify(strokes) : "";
  };

  canvas.addEventListener("pointerdown", (event) => {
    if (event.button > 0 || drawn || strokes.length >= mostStrokes) return;
    event.preventDefault();
    canvas.setPointerCapture(event.pointerId);
    drawn = { id: event.pointerId, points: place(event) };
    strokes.push(drawn.points);
    paint();
  });

  canvas.addEventListener("pointermove", (event) => {
    if (!drawn || event.pointerId !== drawn.id) return;
    const moves = event.getCoalescedEvents ? event.getCoalescedEvents() : [];
    for (const move of moves.length ? moves : [event]) {
      const [x, y] = place(move);
      const points = drawn.points;
      const far = Math.hypot(x - points[points.length - 2], y - points[points.length - 1]);
      if (far >= APART && count() < mostPoints) points.push(x, y);
    }
    paint();
  });

  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, (event) => {
      if (!drawn || event.pointerId !== drawn.id) return;
      drawn = null;
      keep();
    });
  }

  pad.querySelector("[data-pad-clear]").addEventListener("click", () => {
    strokes = [];
    paint();
    keep();
  });

  try {
    strokes = JSON.parse(kept.value || "[]");
    paint();
  } catch {
    strokes = [];
    keep();
  }
  pad.hidden = false;
})();
