// <div data-signature>: a sheet to sign on; the hidden field receives the picture as a PNG data address.
import SignaturePad from "signature_pad";
import { forEach } from "./page.js";

forEach("[data-signature]", (box) => {
  const canvas = box.querySelector("canvas");
  const field = box.querySelector('input[type="hidden"]');
  const error = box.querySelector("[data-signature-missing]");
  const pad = new SignaturePad(canvas, { penColor: "#1a2030", minWidth: 0.9, maxWidth: 2.6 });

  const store = () => {
    field.value = pad.isEmpty() ? "" : pad.toDataURL("image/png");
    field.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const fitSheet = () => {
    const strokes = pad.toData();
    const ratio = Math.max(window.devicePixelRatio || 1, 1);
    canvas.width = canvas.offsetWidth * ratio;
    canvas.height = canvas.offsetHeight * ratio;
    canvas.getContext("2d").scale(ratio, ratio);
    pad.fromData(strokes);
  };

  pad.addEventListener("endStroke", () => {
    error.hidden = true;
    store();
  });
  box.querySelector("[data-signature-clear]").addEventListener("click", () => {
    pad.clear();
    store();
  });
  box.querySelector("[data-signature-undo]").addEventListener("click", () => {
    pad.fromData(pad.toData().slice(0, -1));
    store();
  });
  box.closest("form")?.addEventListener(
    "submit",
    (event) => {
      const without = box.querySelector("[data-signature-without]");
      if (field.value || without?.checked) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      error.hidden = false;
      box.scrollIntoView({ block: "center" });
    },
    { capture: true },
  );
  new ResizeObserver(fitSheet).observe(canvas);
});
