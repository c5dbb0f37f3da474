/* Asks whether somebody is still there before the idle sign-off; the server decides, every tab agrees. */
(() => {
  "use strict";
  const told = document.currentScript.dataset;
  const dialog = document.getElementById("idle");
  if (!dialog) return;
  const part = (name) => document.getElementById(`idle-${name}`);
  const idle = told.idle * 1000, limit = idle + told.countdown * 1000;
  const tabs = "BroadcastChannel" in window ? new BroadcastChannel("charter-activity") : null;
  const SAYS = [[20, "20 seconds left."], [60, "One minute left."], [Infinity, ""]];
  let last = Date.now(), reported = last, asking = false, gone = false, said = 0;

  const seen = (at) => { if (at > last) { last = at; if (dialog.open) { dialog.close(); said = 0; } } };
  const report = async () => {
    reported = Date.now();
    const headers = { "X-CSRF-Token": document.querySelector('meta[name="csrf-token"]').content };
    try {
      const answer = await fetch(told.alive, { method: "POST", headers, redirect: "manual" });
      if (answer.status !== 204) away();
    } catch { reported = 0; }
  };
  const away = () => { if (gone) return; gone = true; location.assign(`${told.out}&next=${encodeURIComponent(location.pathname + location.search)}`); };
  const stay = () => { const at = Date.now(); seen(at); tabs?.postMessage(at); report(); };
  /* what a person does keeps the session; what the page does by itself (saving, asking) does not */
  const act = (event) => {
    if (!event.isTrusted || dialog.open) return;
    last = Date.now();
    if (last - reported > 30000) { tabs?.postMessage(last); report(); }
  };
  ["keydown", "pointerdown", "wheel", "touchstart"].forEach((name) => addEventListener(name, act, { passive: true, capture: true }));
  tabs?.addEventListener("message", (event) => seen(event.data));

  const ask = async () => {
    if (asking) return;
    asking = true;
    try { /* another tab or window may have been busy */
      const { left } = await (await fetch(told.left)).json();
      const at = Date.now() + left * 1000 - limit;
      if (at > last) last = at;
    } catch { /* the own clock counts */ }
    asking = false;
    if (Date.now() - last >= idle && !dialog.open) {
      document.dispatchEvent(new Event("visibilitychange"));
      dialog.showModal();
      part("stay").focus();
    }
  };
  const tick = () => {
    const left = Math.ceil((last + limit - Date.now()) / 1000);
    if (left <= 0) { away(); return; }
    if (left * 1000 > limit - idle) return;
    if (!dialog.open) { ask(); return; }
    part("left").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
    const [at, text] = SAYS.find(([second]) => left <= second);
    if (said !== at) { said = at; if (text) part("said").textContent = text; }
  };
  dialog.addEventListener("keydown", (event) => {
    if (["Tab", "Shift", "Control", "Alt", "Meta"].includes(event.key) || event.target.closest("form")) return;
    event.preventDefault();
    stay();
  });
  dialog.addEventListener("cancel", (event) => { event.preventDefault(); stay(); });
  part("stay").addEventListener("click", stay);
  setInterval(tick, 500);
})();
